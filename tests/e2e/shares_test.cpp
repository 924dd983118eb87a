// Three instances over many accounts: as many for each, whoever comes or goes.
#include "e2e/testbed.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <optional>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::Not;

constexpr int accounts = 12;

simulator::ServerOptions api_with(double churn)
{
    simulator::ServerOptions options;
    options.churn = churn;
    return options;
}

class Shares : public testing::Test
{
protected:
    explicit Shares(double churn = 50) : testbed{40, api_with(churn)}
    {
        testbed.set("account", "sweep_interval", "\"2s\"");
        for (int i = 1; i < accounts; ++i)
            testbed.add_account("account-" + std::to_string(i), testbed.api().url(), "2s");
    }

    void start(std::optional<Program>& instance, const std::string& name)
    {
        instance.emplace(testbed.folder(), name, Strings{"--config", testbed.config_file(), "run"});
        instance->await_err("mirrors");
    }
    static void end(std::optional<Program>& instance, int signal)
    {
        kill(instance->process().id(), signal);
        instance->process().wait();
        instance.reset();
    }

    // Until each of so many instances leads its share, whoever it is.
    void await_shares(const std::string& sizes) const
    {
        testbed.await_sql(
            "select string_agg(led::text, ' ' order by led desc) from (select count(*) as led "
            "from simsync.account where leader_pid is not null group by leader_pid) instance",
            sizes);
    }

    // Every account is swept whole once more.
    void await_a_sweep_of_each() const
    {
        const auto now = testbed.sql("select clock_timestamp()");
        testbed.await_sql(
            "select count(distinct account) from simsync.sweep where outcome = 'complete' and started_at > "
            "'" +
                now + "'",
            std::to_string(accounts));
    }

    void expect_gapless_numbers() const
    {
        EXPECT_EQ(
            testbed.sql("select count(*) from (select account from simsync.change_event group by account "
                        "having count(*) <> max(seq)) broken"),
            "0");
    }
    // One leader at a time: the sweeps of an account follow each other.
    void expect_no_two_sweeps_at_once() const
    {
        EXPECT_EQ(
            testbed.sql("select count(*) from (select started_at, lag(finished_at) over (partition by "
                        "account order by "
                        "id) as before from simsync.sweep) s where started_at < before"),
            "0");
    }
    std::string sweeps_cut_short() const
    {
        return testbed.sql("select count(*) from simsync.sweep where outcome in ('incomplete', 'failed')");
    }

    Testbed testbed;
    std::optional<Program> first;
    std::optional<Program> second;
    std::optional<Program> third;
};

TEST_F(Shares, AreEvenWhoeverComesOrGoes)
{
    start(first, "first");
    await_shares("12");
    start(second, "second");
    await_shares("6 6");
    start(third, "third");
    await_shares("4 4 4");
    await_a_sweep_of_each();
    EXPECT_EQ(sweeps_cut_short(), "0") << "accounts are handed over between their sweeps";

    end(third, SIGKILL);
    await_shares("6 6");
    end(second, SIGTERM);
    await_shares("12");
    start(second, "again");
    await_shares("6 6");
    await_a_sweep_of_each();

    expect_no_two_sweeps_at_once();
    expect_gapless_numbers();
    EXPECT_EQ(testbed.sql("select count(*) from simsync.change_event where kind = 'account.degraded'"), "0")
        << "a hand-over is no trouble";
    EXPECT_THAT(first->err(), HasSubstr("has handed the account over"));
    EXPECT_THAT(first->err(), Not(HasSubstr("WARN")));
}

// A server waits without end for the data of a COPY, and nothing but pg_terminate_backend ends such a
// session: an instance that is stopped in one keeps its lane's accounts. So nothing changes here.
class SharesOfAQuietFleet : public Shares
{
protected:
    SharesOfAQuietFleet() : Shares(0) {}
};

TEST_F(SharesOfAQuietFleet, OfAnInstanceThatIsStoppedAreTakenOver)
{
    start(first, "first");
    await_shares("12");
    start(second, "second");
    await_shares("6 6");
    kill(second->process().id(), SIGSTOP);
    await_shares("12");
    kill(second->process().id(), SIGCONT);
    await_shares("6 6");
    await_a_sweep_of_each();
    expect_no_two_sweeps_at_once();
    expect_gapless_numbers();
}

} // namespace
} // namespace simsync::test
