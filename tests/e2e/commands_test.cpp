// migrate, sync, status and version as an operator runs them, and their exit codes.
#include "e2e/testbed.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(Commands, ASchemaIsAskedForMadeAndFoundUpToDate)
{
    Testbed testbed;
    const auto url = Cluster::shared().empty_database();
    testbed.set("database", "url", '"' + url + '"');

    const auto before = testbed.run({"sync"});
    EXPECT_EQ(before.code, 78);
    EXPECT_THAT(before.err, HasSubstr("HINT: run: simsync migrate"));

    EXPECT_THAT(testbed.run({"migrate", "--status"}).out, HasSubstr("not applied"));
    EXPECT_THAT(testbed.run({"migrate"}).out, HasSubstr("applied 0001_mirror"));
    const auto again = testbed.run({"migrate"});
    EXPECT_EQ(again.code, 0);
    EXPECT_EQ(again.out, "the schema is up to date\n");
    EXPECT_THAT(testbed.run({"migrate", "--status"}).out, Not(HasSubstr("not applied")));
    EXPECT_THAT(testbed.run({"migrate", "--search"}).out, HasSubstr("built the index sim_search"));
    EXPECT_THAT(testbed.run({"migrate", "--search"}).out, HasSubstr("the index sim_search is there"));
    EXPECT_THAT(testbed.run({"migrate", "--no-search"}).out, HasSubstr("dropped the index sim_search"));
    EXPECT_EQ(testbed.run({"sync"}).code, 0);
}

TEST(Commands, ASyncMirrorsTheFleetAndSaysSo)
{
    Testbed testbed{1'234};
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(
        result.out, HasSubstr("main: sweep 1 complete: 1,234 SIMs, 1,234 added, 0 changed, 0 removed"));
    EXPECT_THAT(result.err, IsEmpty()) << "no progress bar where stderr is no terminal";
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim_current"), "1234");
}

TEST(Commands, ASyncPrintsOneJsonDocumentAndNothingElse)
{
    Testbed testbed{50};
    testbed.sync();
    testbed.change(7, [](simulator::Simcard& sim) { sim.is_blocked = !sim.is_blocked; });
    const auto result = testbed.run({"sync", "--json"});
    const auto account = json::parse(result.out).at("accounts").at(0);
    EXPECT_EQ(account.at("account").as_string(), "main");
    EXPECT_EQ(account.at("outcome").as_string(), "complete");
    EXPECT_EQ(account.at("items").as_int64(), 50);
    EXPECT_EQ(account.at("changed").as_int64(), 1);
    EXPECT_EQ(account.at("unchanged").as_int64(), 49);
    EXPECT_TRUE(account.at("error").is_null());
}

TEST(Commands, ASweepThatFindsNothingChangedWritesItsRowAlone)
{
    Testbed testbed{2'000};
    testbed.sync();
    const std::string versions =
        "select md5(string_agg(id || xmin::text || ctid::text, ',' order by id)) from simsync.sim";
    const auto before = testbed.sql(versions);
    EXPECT_EQ(testbed.run({"sync"}).code, 0);
    EXPECT_EQ(testbed.sql(versions), before);
    EXPECT_EQ(testbed.sql("select unchanged from simsync.sweep where id = 2"), "2000");
}

// What it believes without reading shows where the fingerprint beside the bytes is not theirs.
TEST(Commands, ASyncKnowsAgainWhatAnEarlierOneReadByteForByte)
{
    Testbed testbed{50};
    testbed.sync();
    const std::string unknown = "select count(*) from simsync.sim where wording is null";
    EXPECT_EQ(testbed.sql(unknown), "0");

    const std::string third = " where id = (select id from simsync.sim order by id offset 2 limit 1)";
    const auto change_and_sync = [&](const std::string& assignment)
    {
        testbed.sql("update simsync.sim set " + assignment + third);
        EXPECT_EQ(testbed.run({"sync"}).code, 0);
        return testbed.sql("select revision from simsync.sim" + third);
    };
    EXPECT_EQ(change_and_sync("fingerprint = gen_random_uuid()"), "1");
    EXPECT_EQ(change_and_sync("wording = null"), "2") << "read again";
    EXPECT_EQ(testbed.sql(unknown), "0");
}

TEST(Commands, StatusTellsHowTheAccountsStand)
{
    Testbed testbed{100};
    EXPECT_EQ(testbed.run({"status"}).out, "the mirror holds no account yet\n");
    testbed.sync();
    const auto text = testbed.run({"status"}).out;
    EXPECT_THAT(text, HasSubstr("nobody leads, last complete sweep "));
    EXPECT_THAT(text, HasSubstr("100 SIMs, "));

    const auto account = json::parse(testbed.run({"status", "--json"}).out).at("accounts").at(0);
    EXPECT_EQ(account.at("account").as_string(), "main");
    EXPECT_EQ(account.at("sims").as_int64(), 100);
    EXPECT_TRUE(account.at("leader").is_null());
    EXPECT_EQ(account.at("last_sweeps").at(0).at("outcome").as_string(), "complete");
}

TEST(Commands, StatusJudgesForWhoeverWatches)
{
    Testbed testbed{100};
    const auto never = testbed.run({"status", "--check"});
    EXPECT_EQ(never.code, 2);
    EXPECT_THAT(never.out, StartsWith("SIMSYNC CRITICAL - main: it is configured and was never mirrored"));
    testbed.sync();
    const auto well = testbed.run({"status", "--check"});
    EXPECT_EQ(well.code, 0) << well.out;
    EXPECT_THAT(well.out, StartsWith("SIMSYNC OK - 1 account, 100 SIMs, last complete sweep "));
    EXPECT_THAT(well.out, HasSubstr(" 'main_sims'=100;;;0 "));

    testbed.sql(
        "update simsync.ledger set housekeeping_troubles = '[{\"error\": \"no\", \"hint\": \"yes\"}]', "
        "housekeeping_since = now()");
    const auto warning = testbed.run({"status", "--check", "--json"});
    EXPECT_EQ(warning.code, 1);
    const auto document = json::parse(warning.out);
    EXPECT_EQ(document.at("check").at("verdict").as_string(), "WARNING");
    EXPECT_EQ(document.at("check").at("troubles").at(0).at("hint").as_string(), "yes");
    EXPECT_EQ(document.at("accounts").at(0).at("account").as_string(), "main");

    testbed.set("database", "url", "\"postgresql://127.0.0.1:1/simsync\"");
    const auto away = testbed.run({"status", "--check"});
    EXPECT_EQ(away.code, 2);
    EXPECT_THAT(away.out, StartsWith("SIMSYNC CRITICAL - "));
    EXPECT_THAT(away.err, HasSubstr("HINT: "));
}

// The schema's owner and analysts may not read the API's password.
TEST(Commands, ThatNeedTheDatabaseAloneNeedNoPassword)
{
    Testbed testbed{5};
    testbed.sync();
    testbed.set("account", "password_file", "\"of-somebody-else.password\"");
    for (const char* command : {"migrate", "status", "events", "removals", "schema"})
        EXPECT_EQ(testbed.run({command}).code, 0) << command;
    EXPECT_EQ(testbed.run({"sync"}).code, 78);
}

TEST(Commands, HistoryTellsOneSimsLife)
{
    Testbed testbed{50};
    std::string id;
    const auto with_balance = [&](const std::string& amount)
    {
        testbed.change(
            3,
            [&](simulator::Simcard& sim)
            {
                id = sim.id;
                sim.balance = simulator::Decimal::parse(amount);
            });
        testbed.sync();
    };
    with_balance("20");
    with_balance("12.5");
    const auto output = testbed.run({"history", id});
    EXPECT_EQ(output.code, 0) << output.err;
    EXPECT_THAT(output.out, HasSubstr("SIM " + id + " of account main"));
    EXPECT_THAT(output.out, HasSubstr("20 ┤"));
    EXPECT_THAT(output.out, HasSubstr("balance 20 → 12.5"));
    const auto document = json::parse(testbed.run({"history", id, "--json"}).out);
    EXPECT_EQ(document.at("sim").at("balance").as_string(), "12.5");
    EXPECT_EQ(document.at("events").as_array().size(), 1);

    const auto unknown = testbed.run({"history", "nobody"});
    EXPECT_EQ(unknown.code, 65);
    EXPECT_THAT(unknown.err, HasSubstr("has no SIM \"nobody\""));
}

TEST(Commands, SchemaIsADataDictionary)
{
    Testbed testbed{1};
    const auto output = testbed.run({"schema"});
    EXPECT_EQ(output.code, 0) << output.err;
    EXPECT_THAT(output.out, HasSubstr("### change_event\n"));
    EXPECT_THAT(output.out, HasSubstr("| `balance` | numeric | Balance, exact"));
    EXPECT_THAT(output.out, HasSubstr("`read_events(consumer text, max integer DEFAULT 100)`"));
    EXPECT_THAT(output.out, HasSubstr("| `simsync_reader` |"));
    EXPECT_THAT(output.out, Not(HasSubstr("### change_event_")))
        << "months are no tables of their own to readers";
    EXPECT_THAT(output.out, Not(HasSubstr("|  |\n"))) << "everything has its comment";
}

TEST(Commands, HeldRemovalsAreListedAndDecided)
{
    Testbed testbed{100};
    testbed.sync();
    testbed.api().with_fleet(
        [](simulator::Fleet& fleet)
        {
            for (int i = 0; i < 40; ++i)
                fleet.remove(fleet.at(30).id);
        });
    EXPECT_THAT(testbed.run({"sync"}).out, HasSubstr("40 removals are held for a person to decide"));
    EXPECT_THAT(testbed.run({"removals"}).out, HasSubstr("main: 40 held removals"));
    EXPECT_EQ(json::parse(testbed.run({"removals", "list", "--json"}).out).at("held").as_array().size(), 40);
    EXPECT_THAT(
        testbed.run({"removals", "accept", "--account", "main"}).out, HasSubstr("40 removals are accepted"));
    EXPECT_THAT(testbed.run({"sync"}).out, HasSubstr("40 removed"));
    EXPECT_EQ(testbed.run({"removals", "reject"}).out, "main: no removals are held\n");
    EXPECT_EQ(testbed.run({"removals", "forget"}).code, 64);
}

TEST(Commands, ADecisionThatLapsedIsToldWithTheSimsThatAreNew)
{
    Testbed testbed{100};
    testbed.sync();
    const auto remove = [&](int sims)
    {
        testbed.api().with_fleet(
            [&](simulator::Fleet& fleet)
            {
                for (int i = 0; i < sims; ++i)
                    fleet.remove(fleet.at(30).id);
            });
    };
    remove(40);
    testbed.run({"sync"});
    testbed.run({"removals", "accept"});
    remove(1);
    testbed.run({"sync"});
    const auto listed = testbed.run({"removals"}).out;
    EXPECT_THAT(listed, HasSubstr("main: 41 held removals\n  what "));
    EXPECT_THAT(listed, ContainsRegex("decided \\(accepted\\) lapsed at [0-9T:-]+Z: SIMs are missing that"));
    EXPECT_THAT(listed, ContainsRegex("to be decided, was accepted"));
    EXPECT_THAT(listed, ContainsRegex("to be decided, NEW"));
    const auto held = json::parse(testbed.run({"removals", "--json"}).out).at("held").as_array();
    EXPECT_EQ(
        std::ranges::count_if(held, [](const json::value& each) { return each.at("lapsed").is_null(); }), 1);
    testbed.run({"removals", "reject"}); // of all of them: nothing is void any more
    EXPECT_THAT(testbed.run({"removals"}).out, Not(HasSubstr("lapsed")));
    EXPECT_THAT(testbed.run({"events", "--kind", "account.removals_held"}).out, HasSubstr("lapsed"));
}

TEST(Commands, VersionNamesTheProgram)
{
    const Folder folder;
    const auto result = run_program(folder, {"version"});
    EXPECT_EQ(result.code, 0);
    EXPECT_THAT(result.out, ContainsRegex("^simsync [0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST(Commands, WrongUsageIs64)
{
    Testbed testbed;
    for (const auto& wrong : std::vector<Strings>{
             {},
             {"frobnicate"},
             {"events", "--limit", "none"},
             {"events", "--kind", "sim.gone"},
             {"sync", "--account", "nobody"}})
    {
        const auto result = testbed.run(wrong);
        EXPECT_EQ(result.code, 64) << result.err;
        EXPECT_THAT(result.err, HasSubstr("\nHINT: "));
        EXPECT_THAT(result.out, IsEmpty());
    }
}

TEST(Commands, AWrongConfigurationIs78AndNamesThePlace)
{
    Testbed testbed;
    testbed.set("account", "sweep_intervall", "\"60s\"");
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 78);
    EXPECT_THAT(result.err, ContainsRegex("simsync\\.toml:[0-9]+:1: .*sweep_intervall"));
    EXPECT_THAT(result.err, HasSubstr("HINT: did you mean \"sweep_interval\"?"));
}

TEST(Commands, RefusedCredentialsAre77AndNoSecretIsTold)
{
    Testbed testbed;
    testbed.write_password("not-the-password");
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 77) << result.err;
    EXPECT_THAT(result.err, HasSubstr("HINT: "));
    EXPECT_THAT(result.err + result.out, Not(HasSubstr("not-the-password")));
    EXPECT_EQ(testbed.sql("select outcome from simsync.sweep"), "failed");
}

TEST(Commands, CheckFindsNothingWhereAllIsWellAndWritesNothing)
{
    Testbed testbed{10};
    const auto result = testbed.run({"check"});
    EXPECT_EQ(result.code, 0) << result.out;
    for (const auto* part :
         {"configuration", "database", "writable", "pooler", "schema", "rights", "connections", "main: API",
          "main: TLS", "main: login", "main: clock", "main: list"})
        EXPECT_THAT(result.out, HasSubstr("ok   " + std::string(part)));
    EXPECT_THAT(result.out, Not(HasSubstr("HINT")));
    EXPECT_THAT(testbed.run({"check", "--json"}).out, HasSubstr("{\"ok\":true,\"checks\":[{"));
    EXPECT_EQ(testbed.sql("select count(*) from simsync.ledger"), "0");
}

TEST(Commands, CheckGoesOnBehindWhatIsWrongAndHints)
{
    Cluster cluster; // its own: roles belong to all databases of one
    Testbed testbed{10, {}, cluster};
    testbed.write_password("not-the-password");
    testbed.sql(
        "revoke simsync_writer from " + testbed.sql("select string_agg(quote_ident(rolname), ', ') from "
                                                    "pg_roles where pg_has_role(oid, 'simsync_writer', "
                                                    "'member') and not rolsuper and rolcanlogin"));
    const auto result = testbed.run({"check"});
    EXPECT_EQ(result.code, 77);
    EXPECT_THAT(result.out, HasSubstr("BAD  main: login"));
    EXPECT_THAT(result.out, HasSubstr("HINT: check username and password_file"));
    EXPECT_THAT(result.out, HasSubstr("HINT: let the owner run: GRANT simsync_writer"));
    EXPECT_THAT(result.out, HasSubstr("ok   main: API"));

    testbed.set("database", "url", "\"host=/nowhere dbname=simsync\"");
    const auto nowhere = testbed.run({"check", "--json"});
    EXPECT_EQ(nowhere.code, 69);
    EXPECT_THAT(nowhere.out, HasSubstr("\"check\":\"database\",\"account\":null,\"ok\":false"));
}

TEST(Commands, SyncLeavesOutAFieldThatTheApiDoesNotKnowAndTellsOfIt)
{
    simulator::ServerOptions options;
    options.service.withheld_fields = {"description"};
    Testbed testbed{50, std::move(options)};
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim where balance is not null"), "50");
    const auto said = HasSubstr("the API does not know these, and their columns keep what they held: "
                                "description since ");
    EXPECT_THAT(result.err, said);

    // The event is emitted once; whoever runs it again is told all the same, for it still is so.
    const auto again = testbed.run({"sync"});
    EXPECT_EQ(again.code, 0);
    EXPECT_THAT(again.err, AllOf(said, HasSubstr("HINT: they are asked for again by itself")));
    EXPECT_EQ(
        testbed.sql("select count(*) from simsync.change_event where kind = 'account.schema_drift'"), "1");
    const auto as_json = testbed.run({"sync", "--json"});
    EXPECT_THAT(as_json.out, HasSubstr(R"("drifts":[{"field":"description","since":")"));
}

TEST(Commands, AnApiThatIsAwayIs69)
{
    Testbed testbed;
    testbed.set("account", "endpoint", "\"http://127.0.0.1:1\"");
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 69) << result.err;
    EXPECT_THAT(result.err, HasSubstr("127.0.0.1:1"));
    EXPECT_THAT(result.err, HasSubstr("HINT: "));
}

TEST(Commands, ADatabaseThatIsAwayIs69)
{
    Testbed testbed;
    testbed.set("database", "url", "\"host=/nowhere dbname=simsync\"");
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 69) << result.err;
    EXPECT_THAT(result.err, HasSubstr("HINT: "));
}

TEST(Commands, MissingRightsAre77)
{
    Testbed testbed;
    testbed.set(
        "database", "url", '"' + Cluster::shared().as_member_of("simsync_reader", testbed.url()) + '"');
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 77) << result.err;
    EXPECT_THAT(result.err, HasSubstr("HINT: "));
}

TEST(Commands, AnAnswerThatMakesNoSenseIs65)
{
    simulator::ServerOptions options;
    options.service.on_request = [](std::string_view operation, simulator::Fleet&)
    { return operation == "simcards" ? simulator::Fault::html : simulator::Fault::none; };
    Testbed testbed{50, std::move(options)};
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 65) << result.err;
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim"), "0");
}

} // namespace
} // namespace simsync::test
