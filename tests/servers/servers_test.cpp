// What real GraphQL servers do, each in its own way, and the program between them and PostgreSQL.
#include "e2e/testbed.hpp"
#include "servers/real_api.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t sims = 250;

// `simsync run` over a setting.
class Daemon
{
public:
    explicit Daemon(
        const Testbed& testbed, const Strings& environment = {}, const std::string& name = "daemon")
        : program_(testbed.folder(), name, {"--config", testbed.config_file(), "run"}, environment),
          port_(http_port(program_))
    {
    }

    HttpAnswer get(const std::string& path) const { return http_get(port_, path); }
    std::string log() const { return program_.err(); }

    int stop()
    {
        program_.process().end(SIGTERM);
        return program_.process().wait();
    }

private:
    Program program_;
    std::string port_;
};

class RealServers : public testing::TestWithParam<const char*>
{
protected:
    void SetUp() override
    {
        try
        {
            api_.emplace(GetParam(), sims);
        }
        catch (const NotOnThisNode& error)
        {
            GTEST_SKIP() << error.what();
        }
        testbed.set("account", "endpoint", '"' + api().url() + '"');
        testbed.set("account", "sweep_interval", "\"100ms\"");
    }

    RealApi& api() { return *api_; }

    // Two sweeps that begin from now on and are complete.
    void await_two_complete_sweeps()
    {
        const auto last = testbed.sql("select coalesce(max(id), 0) from simsync.sweep");
        testbed.await_sql(
            "select count(*) > 1 from simsync.sweep where outcome = 'complete' and id > " + last, "t");
    }

    std::string kinds_of_the_account()
    {
        return testbed.sql(
            "select coalesce(string_agg(distinct kind, ' '), '') from simsync.change_event where kind "
            "like 'account.%' and kind <> 'account.baselined'");
    }

    std::string rows()
    {
        return testbed.sql(
            "select count(*) filter (where removed_at is null) || ' ' || count(removed_at) from "
            "simsync.sim");
    }

    Testbed testbed{1};

private:
    std::optional<RealApi> api_;
};

INSTANTIATE_TEST_SUITE_P(
    each, RealServers, testing::Values("apollo", "yoga", "mercurius"),
    [](const auto& each) { return std::string{each.param}; });

TEST_P(RealServers, AreMirroredAndActedOn)
{
    testbed.sync();
    EXPECT_EQ(rows(), "250 0");
    EXPECT_EQ(
        testbed.sql(
            "select concat_ws(' ', iccid_plastic, balance, fmcs[1], tariff_name, imei_is_correct) from "
            "simsync.sim where id = '10000003'"),
        "89970000000000000003 13.5 70003 Basic t");
    EXPECT_EQ(testbed.run({"sim", "block", "10000003"}).code, 0);
    EXPECT_EQ(testbed.run({"sim", "attach-caller-id", "10000003", "79001234567"}).code, 0);
    api().control(R"({"change":{"id":"10000004","fields":{"description":"another"}}})");
    testbed.sync();
    EXPECT_EQ(
        testbed.sql(
            "select string_agg(kind || ' ' || sim, ', ' order by seq) from simsync.change_event where "
            "kind in ('sim.blocked', 'caller_id.attached', 'attributes.changed')"),
        "sim.blocked 10000003, caller_id.attached 10000003, attributes.changed 10000004");
}

TEST_P(RealServers, RenewATokenThatWasRevokedHoweverTheyTellIt)
{
    Daemon daemon{testbed};
    await_two_complete_sweeps();
    for (const auto* payload_hash :
         {"401", "context", "another code", "message", "403", "403 of a firewall", "400", "500 of a gateway",
          "redirect", "nothing"})
    {
        SCOPED_TRACE(payload_hash);
        const auto before = api().logins();
        api().control(R"({"revoke":true,"told":")" + std::string{payload_hash} + "\"}");
        await_two_complete_sweeps();
        EXPECT_EQ(api().logins(), before + 1);
    }
    EXPECT_EQ(kinds_of_the_account(), "");
    EXPECT_EQ(rows(), "250 0");
    EXPECT_EQ(
        testbed.sql("select count(*) from simsync.sweep where outcome in ('incomplete', 'failed')"), "0");
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
}

TEST_P(RealServers, ThatKeepOneSessionForEachUserAreSharedWithCommands)
{
    api().control(R"({"oneSession":true})");
    Daemon daemon{testbed};
    await_two_complete_sweeps();
    const auto before = api().logins();
    for (int i = 0; i < 3; ++i)
    {
        const auto listed = testbed.run({"sim", "list", "--json"});
        EXPECT_EQ(listed.code, 0) << listed.err;
        EXPECT_EQ(occurrences(listed.out, "\n"), sims);
        EXPECT_EQ(testbed.run({"sim", "block", "1000000" + std::to_string(i + 1)}).code, 0);
    }
    EXPECT_EQ(api().logins(), before);
    const auto file = testbed.folder() / "simsync" / "main.token";
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_P(RealServers, ThatKeepOneSessionForEachUserRefuseNoCredentials)
{
    api().control(R"({"oneSession":true})");
    Daemon daemon{testbed};
    await_two_complete_sweeps();
    const Strings get{"--config", testbed.config_file(), "sim", "get", "10000001"};
    const Strings elsewhere{"XDG_RUNTIME_DIR=/nowhere"}; // as on another host: each logs in itself
    const auto before = api().logins();
    for (int i = 0; i < 10; ++i)
        EXPECT_THAT(run_program(testbed.folder(), get, elsewhere).err, Not(HasSubstr("password")));
    EXPECT_GE(api().logins(), before + 10);
    await_two_complete_sweeps();
    EXPECT_EQ(kinds_of_the_account(), "");
    EXPECT_EQ(rows(), "250 0");
}

TEST_P(RealServers, ThatLimitPagesGetSmallerOnes)
{
    for (const auto* limits :
         {R"({"mostRows":60,"limitStatus":400})", R"({"mostRows":0,"mostCost":1000,"limitStatus":200})"})
    {
        SCOPED_TRACE(limits);
        api().control(limits);
        const auto name = std::string{"daemon"} + std::to_string(std::string{limits}.size());
        Daemon daemon{testbed, {}, name};
        await_two_complete_sweeps();
        EXPECT_EQ(occurrences(daemon.log(), "goes on with smaller pages"), 1U) << daemon.log();
        EXPECT_EQ(rows(), "250 0");
        const auto checked = testbed.run({"check"});
        EXPECT_EQ(checked.code, 0);
        EXPECT_THAT(checked.out, HasSubstr("a page of 100 SIMs is refused"));
        EXPECT_EQ(daemon.stop(), 0);
    }
    EXPECT_EQ(kinds_of_the_account(), "");
}

TEST_P(RealServers, ThatShowNobodyRemoveNobodyAndAreNotFresh)
{
    testbed.set("alert", "stale_after", "\"1s\"");
    Daemon daemon{testbed};
    await_two_complete_sweeps();
    const auto before = api().logins();
    api().control(R"({"showsNobody":true})");
    testbed.await_sql("select count(*) > 2 from simsync.sweep where error like 'the list shows none%'", "t");
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("503"));
    EXPECT_THAT(daemon.get("/readyz").body, HasSubstr("none of the SIMs that are known"));
    EXPECT_THAT(testbed.run({"status"}).out, HasSubstr("NONE of the 250 SIMs"));
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'account.degraded'", "1");
    EXPECT_EQ(api().logins(), before + 1); // it may have been the token
    EXPECT_EQ(rows(), "250 0");
    api().control(R"({"showsNobody":false})");
    await_two_complete_sweeps();
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
    EXPECT_EQ(rows(), "250 0");
}

} // namespace
} // namespace simsync::test
