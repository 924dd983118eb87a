// One event as a line for people and for programs.
#include "cli/event_text.hpp"

#include "store/event_json.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

EventRecord event(const std::string& before, const std::string& after)
{
    EventRecord event;
    event.account = "main";
    event.seq = 42;
    event.kind = "balance.changed";
    event.severity = "info";
    event.sim = "100001";
    event.iccid_plastic = "8937255";
    event.observed_at = "2026-11-24T09:10:40.123456Z";
    event.previous_observed_at = "2026-11-24T09:09:40.123456Z";
    event.recorded_at = "2026-11-24T09:10:40.2Z";
    event.before = before;
    event.after = after;
    event.cause = "sweep";
    event.sweep_id = 7;
    return event;
}

EventRecord event_of_the_account()
{
    EventRecord event;
    event.account = "main";
    event.seq = 1;
    event.kind = "account.baselined";
    event.severity = "info";
    event.observed_at = "2026-11-24T09:10:40Z";
    event.recorded_at = "2026-11-24T09:10:41Z";
    event.cause = "sweep";
    return event;
}

TEST(EventJson, HasEveryColumnOfTheTableInItsOrder)
{
    const auto document = json::parse(event_json(event("{}", "{}")));
    std::vector<std::string> columns;
    for (const auto& [column, value] : document.as_object())
        columns.emplace_back(column);
    EXPECT_THAT(
        columns,
        ElementsAre(
            "account", "seq", "kind", "severity", "sim", "iccid_plastic", "observed_at",
            "previous_observed_at", "recorded_at", "before", "after", "cause", "sweep_id", "action_id",
            "dedup_key", "standing", "tariff_name", "description", "profile", "number", "requested_by"));
}

TEST(EventJson, KeepsTypesAndValues)
{
    auto record = event(R"({"balance":"5.2"})", R"({"balance":"4.9"})");
    record.action_id = 9;
    record.dedup_key = "main:100001:balance.low";
    EXPECT_EQ(
        event_json(record),
        R"({"account":"main","seq":42,"kind":"balance.changed","severity":"info","sim":"100001","iccid_plastic":"8937255",)"
        R"("observed_at":"2026-11-24T09:10:40.123456Z","previous_observed_at":"2026-11-24T09:09:40.123456Z",)"
        R"("recorded_at":"2026-11-24T09:10:40.2Z","before":{"balance":"5.2"},"after":{"balance":"4.9"},"cause":"sweep",)"
        R"("sweep_id":7,"action_id":9,"dedup_key":"main:100001:balance.low","standing":false,)"
        R"("tariff_name":null,"description":null,"profile":null,"number":null,"requested_by":null})");
}

TEST(EventJson, IsNullWhereTheColumnIsNull)
{
    const auto document = json::parse(event_json(event_of_the_account()));
    for (const char* column :
         {"sim", "iccid_plastic", "previous_observed_at", "before", "after", "sweep_id", "action_id",
          "dedup_key"})
        EXPECT_TRUE(document.at(column).is_null()) << column;
}

TEST(EventJson, KeepsForeignTextVerbatimOnOneLine)
{
    const auto line = event_json(event("", R"({"description":"a\r\nb \u001b[31m"})"));
    EXPECT_THAT(line, Not(HasSubstr("\n")));
    EXPECT_EQ(json::parse(line).at("after").at("description").as_string(), "a\r\nb \x1B[31m");
}

TEST(EventLine, TellsWhenWhoWhichKindAndWhat)
{
    EXPECT_EQ(
        event_line(event(R"({"balance":"5.2"})", R"({"balance":"4.9"})")),
        "2026-11-24 09:10:40  main  #42      balance.changed         100001          balance 5.2 → 4.9");
}

TEST(EventLine, SaysOfWhatStoodBeforeSimsyncCameThatItDid)
{
    auto before = event("", R"({"balance":"4.9"})");
    before.standing = true;
    EXPECT_THAT(event_line(before), EndsWith("  balance 4.9  (stood before)"));
}

TEST(EventLine, OfAnAccountEndsWithoutSpaces)
{
    EXPECT_EQ(event_line(event_of_the_account()), "2026-11-24 09:10:40  main  #1       account.baselined");
}

TEST(EventLine, ShowsOnlyTheNewStateWhereThereIsNoEarlierOne)
{
    EXPECT_THAT(event_line(event("", R"({"balance":"4.9","limit":5})")), EndsWith("  balance 4.9, limit 5"));
}

TEST(EventLine, TellsNothingFromEmpty)
{
    EXPECT_THAT(
        event_line(event(R"({"imei":null,"profile":""})", R"({"imei":"35","profile":null})")),
        EndsWith("  imei – → 35, profile \"\" → –"));
}

TEST(EventLine, ShowsOfAListWhatCameAndWhatWent)
{
    EXPECT_THAT(
        event_line(event(R"({"caller_ids":["1","2","3"]})", R"({"caller_ids":["1","3","4"]})")),
        EndsWith("  caller_ids -2 +4"));
    EXPECT_THAT(event_line(event("", R"({"caller_ids":["1"]})")), EndsWith(R"(  caller_ids ["1"])"));
}

TEST(EventLine, NamesANewSimByItsIccid)
{
    auto record = event("", R"({"id":"100001","profile":"S1"})");
    record.kind = "sim.added";
    EXPECT_THAT(event_line(record), EndsWith("  iccid 8937255"));
    record.iccid_plastic.reset();
    EXPECT_THAT(event_line(record), EndsWith("  100001"));
}

TEST(EventLine, IsOneLineAndSteersNoTerminalWhateverTheApiSaid)
{
    auto record = event(R"({"description":"x\u001b[2J"})", R"({"description":"a\r\nb\u202e"})");
    record.sim = "1\n2";
    const auto line = event_line(record);
    EXPECT_THAT(line, HasSubstr(R"(1\x0A2)"));
    EXPECT_THAT(line, EndsWith(R"(description x\x1B[2J → a\x0D\x0Ab\xE2\x80\xAE)"));
    EXPECT_THAT(line, Not(testing::ContainsRegex("[\n\r\x1B]")));
}

TEST(EventLine, ShowsThatALongTextIsCut)
{
    const auto line = event_line(event("", R"({"description":")" + std::string(1'000, 'x') + R"("})"));
    EXPECT_THAT(line, EndsWith("xxx…"));
    EXPECT_LT(line.size(), 300U);
    EXPECT_THAT(
        event_line(event("", R"({"description":")" + std::string(200, 'x') + R"("})")), EndsWith("xxx"));
}

TEST(EventLine, HasOneColourForEachSeverity)
{
    auto record = event("", "");
    EXPECT_THAT(event_line_in_colour(record), HasSubstr("\033[36mbalance.changed"));
    record.severity = "warning";
    EXPECT_THAT(event_line_in_colour(record), HasSubstr("\033[33mbalance.changed"));
    record.severity = "critical";
    EXPECT_THAT(event_line_in_colour(record), HasSubstr("\033[1;31mbalance.changed"));
    EXPECT_THAT(event_line_in_colour(record), HasSubstr("\033[0m"));
    EXPECT_THAT(event_line(record), StartsWith("2026"));
    EXPECT_THAT(event_line(record), Not(HasSubstr("\033")));
}

} // namespace
} // namespace simsync::cli
