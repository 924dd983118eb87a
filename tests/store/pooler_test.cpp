// Transaction pooling is found out and refused; session pooling and no pooler at all are not.
#include "harness/pooler.hpp"
#include "store/mirror_test.hpp"
#include "store/schema.hpp"

namespace simsync::test
{
namespace
{

class PoolerTest : public testing::Test
{
protected:
    void SetUp() override
    {
        ASSERT_TRUE(Pooler::is_installed()) << "HINT: ./dev setup installs pgbouncer, and starts no service.";
    }

    const std::string url = Cluster::shared().mirror_database();
};

TEST_F(PoolerTest, TransactionPoolingIsRefused)
{
    const Pooler pooler(Cluster::shared(), "transaction");
    try
    {
        PostgresMirror mirror(pooler.url_of(url), "main");
        FAIL() << "it was accepted";
    }
    catch (const PoolerInBetween& error)
    {
        EXPECT_THAT(error.hint(), testing::HasSubstr("session mode"));
    }
    EXPECT_THROW(migrate(pooler.url_of(url)), PoolerInBetween);
}

TEST_F(PoolerTest, SessionPoolingKeepsTheLease)
{
    const Pooler pooler(Cluster::shared(), "session");
    PostgresMirror leader(pooler.url_of(url), "main");
    EXPECT_TRUE(leader.try_lead("https://api.example"));
    PostgresMirror standby(pooler.url_of(url), "main");
    EXPECT_FALSE(standby.try_lead("https://api.example"));
}

TEST_F(PoolerTest, StatementPoolingIsRefused)
{
    const Pooler pooler(Cluster::shared(), "statement");
    EXPECT_THROW(PostgresMirror(pooler.url_of(url), "main"), StoreError);
}

} // namespace
} // namespace simsync::test
