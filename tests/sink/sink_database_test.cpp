// The connection that sinks share, against a real PostgreSQL.
#include "sink/sink_database.hpp"

#include "harness/cluster.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

namespace simsync::test
{
namespace
{

// While it is there this process gets so many file descriptors more.
class FewDescriptors
{
public:
    explicit FewDescriptors(rlim_t more)
    {
        const int next = dup(STDIN_FILENO);
        close(next);
        getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit few{static_cast<rlim_t>(next) + more, before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &few);
    }
    ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;

private:
    rlimit before_{};
};

TEST(SinkDatabaseTest, IsUnavailableWhereNoDescriptorIsLeftToWaitOn)
{
    boost::asio::io_context io{1};
    SinkDatabase database{io.get_executor(), Cluster::shared().mirror_database()};
    {
        const FewDescriptors for_the_connection_alone{1};
        EXPECT_THROW(database.open(), DatabaseUnavailable);
    }
    EXPECT_NO_THROW(database.open());
}

} // namespace
} // namespace simsync::test
