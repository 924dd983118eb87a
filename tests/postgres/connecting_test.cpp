// Connecting to one of several servers, of which some are silent, and what is said where none is as it is
// wanted.
#include "postgres/connection.hpp"
#include "postgres/silence_watch.hpp"
#include "simsync/postgres/errors.hpp"

#include "harness/cluster.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace simsync::test
{
namespace
{

using boost::asio::ip::tcp;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// As a host looks whose kernel lives and nothing else: it takes a connection and never says a word.
class SilentServer
{
public:
    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }

private:
    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
};

class ConnectingTest : public testing::Test
{
protected:
    // The silent one first, and then the cluster, by its socket.
    std::string silent_and(const Cluster& cluster, const std::string& more) const
    {
        return "host=127.0.0.1," + cluster.folder().string() + " port=" + silent.port() +
               ",5432 user=postgres dbname=postgres " + more;
    }

    SilentServer silent;
    Cluster& primary = Cluster::shared();
};

std::string what_is_said(const std::string& url)
{
    try
    {
        Connection{url};
        return "connected";
    }
    catch (const StoreError& error)
    {
        return std::string(error.what()) + " HINT: " + error.hint();
    }
}

TEST_F(ConnectingTest, AServerThatIsSilentDoesNotKeepThePrimaryWaiting)
{
    Connection connection(silent_and(primary, "target_session_attrs=read-write connect_timeout=0"));
    EXPECT_TRUE(connection.is_open()) << "and it would have been waited for for ever";
}

TEST_F(ConnectingTest, WhereNoneIsSoughtTheFirstIsWaitedForAndThenTheNextIsTried)
{
    EXPECT_EQ(what_is_said(silent_and(primary, "connect_timeout=2")), "connected");
}

TEST_F(ConnectingTest, WhereThereIsNoPrimaryThatIsSaidAndWhatEachServerSaid)
{
    primary.empty_database(); // it runs
    const Cluster standby(Cluster::StandbyOf{primary});
    EXPECT_THAT(
        what_is_said(silent_and(standby, "target_session_attrs=read-write connect_timeout=2")),
        AllOf(
            HasSubstr("\"127.0.0.1\", port " + silent.port() + " failed: timeout expired"),
            HasSubstr("session is read-only"), HasSubstr("HINT: there is no primary")));
}

TEST_F(ConnectingTest, ARefusalIsToldInTheServersWordsAndByWhatItMeans)
{
    EXPECT_THAT(
        what_is_said(silent_and(primary, "dbname=nowhere target_session_attrs=read-write")),
        AllOf(
            HasSubstr("FATAL:  database \"nowhere\" does not exist"), HasSubstr("HINT: create it"),
            Not(HasSubstr("3D000")), Not(HasSubstr("LOCATION"))));
}

TEST_F(ConnectingTest, AServerThatHangsIsToldFromOneThatTakesItsTimeAndFromOneThatWasReplaced)
{
    const auto here = "host=" + primary.folder().string() + " user=postgres dbname=postgres";
    const auto hung =
        "host=127.0.0.1 port=" + silent.port() + " user=postgres dbname=postgres connect_timeout=2";
    EXPECT_EQ(look_for_servers(here, here), ServersSeen::ours);
    EXPECT_EQ(look_for_servers(here + " dbname=nowhere", here), ServersSeen::ours)
        << "a refusal is an answer";
    EXPECT_EQ(look_for_servers(hung, here), ServersSeen::another);
    EXPECT_EQ(look_for_servers(hung, hung), ServersSeen::none);
}

} // namespace
} // namespace simsync::test
