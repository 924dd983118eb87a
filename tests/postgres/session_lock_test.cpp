// A lock of a session: one holder, gone with the session, given back before it.
#include "harness/cluster.hpp"
#include "postgres/session_lock.hpp"

#include <gtest/gtest.h>

namespace simsync::test
{
namespace
{

// Leaves the server so much to tidy up that it goes on holding the session's locks for a while after its end.
const std::string untidy = R"(
    do $$ begin
        for i in 1 .. 300 loop execute 'create temp table pile_' || i || ' (id int primary key)'; end loop;
    end $$)";

class SessionLockTest : public testing::Test
{
protected:
    const std::string url = Cluster::shared().mirror_database();
    Connection other{url, ""};
    SessionLock others{other, "kind", "name"};
};

TEST_F(SessionLockTest, OneSessionHasItAtATime)
{
    Connection session{url, ""};
    SessionLock lock{session, "kind", "name"};
    EXPECT_TRUE(lock.try_take("take it"));
    EXPECT_TRUE(lock.try_take("take it")) << "it is ours already";
    EXPECT_FALSE(others.try_take("take it"));
    EXPECT_TRUE(SessionLock(other, "kind", "another name").try_take("take it"));
    EXPECT_TRUE(SessionLock(other, "another kind", "name").try_take("take it"));
}

TEST_F(SessionLockTest, WhoAsksNextHasItAtOnce)
{
    {
        Connection session{url, untidy};
        SessionLock lock{session, "kind", "name"};
        ASSERT_TRUE(lock.try_take("take it"));
        ASSERT_TRUE(lock.try_take("take it")) << "once more is still once";
    }
    EXPECT_TRUE(others.try_take("take it"));
}

TEST_F(SessionLockTest, GoesWithASessionThatWasCut)
{
    Connection session{url, ""};
    {
        SessionLock lock{session, "kind", "name"};
        ASSERT_TRUE(lock.try_take("take it"));
        run_sql(
            url,
            "select pg_terminate_backend(" + std::to_string(session.connection().process_id()) + ", 10000)");
    }
    EXPECT_TRUE(others.try_take("take it"));
}

} // namespace
} // namespace simsync::test
