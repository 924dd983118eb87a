// Answers that other servers give and that spoil a single value, a SIM or a field, for a moment or for good:
// all else is mirrored and removed as always, and what is not is named.
#include "e2e/raw_list.hpp"
#include "e2e/testbed.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// `simsync run` whose sweeps nobody is notified of.
class Daemon
{
public:
    explicit Daemon(const Testbed& testbed)
        : program_(testbed.folder(), "daemon", Strings{"--config", testbed.config_file(), "run"})
    {
    }

    HttpAnswer get(const std::string& path) { return http_get(http_port(program_), path); }

    int stop()
    {
        program_.process().end(SIGTERM);
        return program_.process().wait();
    }

    Program& program() { return program_; }

private:
    Program program_;
};

// An API of raw items, its mirror and the daemon between.
class OddAnswers : public testing::Test
{
protected:
    OddAnswers() : api(0) { testbed.set("account", "endpoint", '"' + api.url() + '"'); }

    void serve(std::vector<RawItem> items, const std::string& before = "")
    {
        api.misbehave(raw_list([items = std::move(items)] { return items; }, before));
    }

    // A sweep that began after this call.
    void await_sweep()
    {
        const auto last = testbed.sql("select coalesce(max(id), 0) from simsync.sweep");
        testbed.await_sql(
            "select count(*) > 0 from simsync.sweep where outcome = 'complete' and id > " + last, "t");
    }

    std::string removed()
    {
        return testbed.sql("select coalesce(string_agg(id, ' ' order by id), '') from simsync.sim where "
                           "removed_at is not null");
    }
    std::string emitted(const std::string& kinds)
    {
        return testbed.sql(
            "select coalesce(string_agg(kind, ' ' order by seq), '') from "
            "simsync.change_event where kind like '" +
            kinds + "'");
    }

    HostileApi api;
    Testbed testbed{1};
};

TEST_F(OddAnswers, OneSimSpoilsNeitherItsPageNorItsRemovals)
{
    const std::vector<RawItem> odd{
        {"2", R"({"id":"2","description":"nul \u0000","profile":"S1"})"},
        {"3", R"({"id":"3","description":"half \ud800","profile":"S1"})"},
        {"4", "{\"id\":\"4\",\"description\":\"bad \xFF\",\"profile\":\"S1\"}"},
        {"5", "{\"id\":\"5\",\"description\":\"raw \x01\n\",\"profile\":\"S1\"}"},
        {"6", R"({"id":"6","resource":{"balance":NaN,"dataBalance":.5},"profile":"S1"})"},
        {"7", R"({"id":"7","resource":{"balance":-Infinity,"dataBalance":2.50},"profile":"S1"})"},
        {"8", R"({"iccidPlastic":"89708","profile":"S1"})"}};
    auto items = odd;
    items.insert(items.begin(), sound_item("1"));
    items.push_back(sound_item("9"));
    serve(items);
    Daemon daemon{testbed};
    await_sweep();
    EXPECT_EQ(testbed.sql("select string_agg(id, ' ' order by id) from simsync.sim"), "1 2 3 4 5 6 7 9");
    EXPECT_EQ(
        testbed.sql("select count(*) from simsync.sim where profile = 'S1' and description is null and "
                    "balance is null"),
        "6");
    EXPECT_EQ(testbed.sql("select data_balance from simsync.sim where id = '7'"), "2.5");

    items.pop_back();
    serve(items);
    testbed.await_sql("select removed_at is not null from simsync.sim where id = '9'", "t");
    await_sweep();
    await_sweep();
    EXPECT_EQ(removed(), "9");

    EXPECT_THAT(
        daemon.get("/metrics").body,
        AllOf(
            HasSubstr("simsync_decode_errors_total{account=\"main\",field=\"description\"}"),
            HasSubstr("simsync_decode_errors_total{account=\"main\",field=\"id\"}"),
            HasSubstr("simsync_decode_errors_total{account=\"main\",field=\"balance\"}")));
    const auto status = testbed.run({"status"}).out;
    EXPECT_THAT(
        status, AllOf(
                    HasSubstr("SIM \"5\": description"), HasSubstr("SIM \"6\": balance NaN"),
                    HasSubstr("the item at offset 7 (iccidPlastic 89708): id is missing")));
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_THAT(daemon.program().err(), AllOf(HasSubstr("half"), HasSubstr("iccidPlastic 89708")));
    EXPECT_EQ(occurrences(daemon.program().err(), "could not be read or did not fit"), 1U) << "told once";
}

// The server loses the id of a SIM that is mirrored: it is not gone.
TEST_F(OddAnswers, ASimWhoseIdCannotBeReadAnyMoreIsNotRemovedAndOthersAre)
{
    serve({sound_item("1"), sound_item("2"), sound_item("3"), sound_item("4")});
    Daemon daemon{testbed};
    await_sweep();
    serve({sound_item("1"), {"2", R"({"id":null,"iccidPlastic":"89702"})"}, sound_item("3")});
    testbed.await_sql("select removed_at is not null from simsync.sim where id = '4'", "t");
    await_sweep();
    await_sweep();
    EXPECT_EQ(removed(), "4");
    EXPECT_EQ(daemon.stop(), 0);
}

TEST_F(OddAnswers, AByteOrderMarkBeforeEveryBodyDoesNoHarm)
{
    const std::string mark = "\xEF\xBB\xBF";
    const auto list = raw_list([] { return std::vector{sound_item("1"), sound_item("2")}; }, mark);
    api.misbehave(
        [list, mark](const Request& request)
        {
            return request.path == "/partner/login"
                       ? std::optional(reply(
                             200,
                             mark + R"({"data":{"access":{"token":"a","expires":"2099-01-01T00:00:00Z"}}})"))
                       : list(request);
        });
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim"), "2");
}

TEST_F(OddAnswers, DatesAreReadInTheFormsOfOtherStacks)
{
    const std::vector<std::pair<std::string, std::string>> forms{
        {R"("2099-07-16T11:58:20+00")", "2099-07-16T11:58:20Z"},
        {R"("2099-07-16T14:58:20+0300")", "2099-07-16T11:58:20Z"},
        {R"("2099-07-16 11:58 Z")", "2099-07-16T11:58:00Z"},
        {R"("2099-07-16T24:00:00Z")", "2099-07-17T00:00:00Z"},
        {R"("2099-07-16T11:58:20.123456789012Z")", "2099-07-16T11:58:20.123456Z"},
        {"4087799900333", "2099-07-15T11:58:20.333Z"},
        {R"("4087799900333")", "2099-07-15T11:58:20.333Z"},
        {R"("")", ""},
        {R"("0001-01-01T00:00:00")", ""},
        {R"("9999-12-31T23:59:59.9999999")", ""},
        {R"("1970-01-01T00:00:00Z")", ""},
        {"0", ""}};
    std::vector<RawItem> items;
    for (const auto& [text, means] : forms)
        items.push_back(sound_item(std::to_string(items.size() + 1), ",\"tariffExpiresAt\":" + text));
    serve(items);
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 0) << result.err;
    for (std::size_t i = 0; i < forms.size(); ++i)
        EXPECT_EQ(
            testbed.sql(
                "select coalesce(simsync.rfc3339(tariff_expires_at), '') from simsync.sim where id = '" +
                std::to_string(i + 1) + "'"),
            forms[i].second)
            << forms[i].first;
    EXPECT_EQ(emitted("%"), "account.baselined") << "no drift, and no deadline where there is none";
}

TEST_F(OddAnswers, AFieldUnknownForAMomentIsMirroredAgainAndToldEachTimeItDrifts)
{
    const auto amount = [](const char* text)
    {
        return raw_list(
            [text] { return std::vector{sound_item("1", std::string(",\"description\":\"") + text + '"')}; });
    };
    // One server says nothing of the field, the other one sends what it is not asked for.
    const auto unknowing = [&](const char* text, bool sends_all)
    {
        const auto less = raw_list([] { return std::vector{sound_item("1")}; });
        return [list = sends_all ? amount(text) : less](const Request& request)
        {
            auto refusal =
                request.path == "/partner/graphql" ? refuse_field(request, "description") : std::nullopt;
            return refusal ? refusal : list(request);
        };
    };
    const auto description = [&] { return testbed.sql("select description from simsync.sim"); };
    api.misbehave(amount("before"));
    Daemon daemon{testbed};
    await_sweep();
    std::string drifts;
    for (const auto* now : {"after", "later", "at last"})
    {
        api.misbehave(unknowing(now, now != std::string("later")));
        testbed.await_sql("select string_agg(field, ' ') from simsync.drift", "description");
        await_sweep();
        EXPECT_NE(description(), "") << "it keeps what it held";
        EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
        EXPECT_THAT(daemon.get("/readyz").body, HasSubstr("main: not mirrored as it should be: description"));
        EXPECT_THAT(
            daemon.get("/metrics").body,
            HasSubstr("simsync_field_drifting{account=\"main\",field=\"description\",reason=\"unknown\"} 1"));
        EXPECT_THAT(
            testbed.run({"status"}).out,
            HasSubstr("the API does not know these, and their columns keep what they held: description"));
        drifts += drifts.empty() ? "account.schema_drift" : " account.schema_drift";
        EXPECT_EQ(emitted("account.schema_drift"), drifts);

        api.misbehave(amount(now));
        await_sweep();
        await_sweep();
        EXPECT_EQ(description(), now) << "within two sweeps";
        testbed.await_sql("select count(*) from simsync.drift", "0");
        EXPECT_THAT(daemon.get("/metrics").body, Not(HasSubstr("simsync_field_drifting{")));
    }
    EXPECT_EQ(emitted("account.degraded"), "");
    EXPECT_EQ(daemon.stop(), 0);
}

// One of four lags; requests go to one after the other.
TEST_F(OddAnswers, AReplicaThatLagsFreezesNoColumn)
{
    std::atomic<int> generation{1};
    std::atomic<int> questions{0};
    const auto list = raw_list(
        [&] {
            return std::vector{
                sound_item("1", ",\"description\":\"" + std::to_string(generation.load()) + '"')};
        });
    api.misbehave(
        [&, list](const Request& request)
        {
            const bool lags = request.path == "/partner/graphql" && ++questions % 4 == 0;
            auto refusal = lags ? refuse_field(request, "description") : std::nullopt;
            return refusal ? refusal : list(request);
        });
    Daemon daemon{testbed};
    await_sweep();
    for (int now = 2; now < 5; ++now)
    {
        generation = now;
        await_sweep();
        await_sweep();
        EXPECT_EQ(testbed.sql("select description from simsync.sim"), std::to_string(now));
    }
    EXPECT_EQ(daemon.stop(), 0);
}

// A SIM that only the newer of two replicas has, as sweeps go to the one and to the other.
TEST_F(OddAnswers, ReplicasThatAlternateDoNotHaveASimComeAndGo)
{
    std::atomic<bool> newer{true};
    serve({sound_item("1"), sound_item("2")});
    testbed.sync();
    api.misbehave(raw_list(
        [&]
        {
            std::vector items{sound_item("1"), sound_item("2")};
            if (newer)
                items.push_back(sound_item("3"));
            return items;
        }));
    for (int sweep = 0; sweep < 10; ++sweep)
    {
        newer = sweep % 2 == 0;
        testbed.sync();
    }
    // Each command begins with what the database alone remembers.
    EXPECT_THAT(emitted("sim.%"), testing::AnyOf("sim.added", "sim.added sim.removed sim.restored"));
}

} // namespace
} // namespace simsync::test
