// One SIM's life for people and for programs.
#include "cli/history_text.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

Timestamp at(const std::string& time)
{
    return parse_date("2026-11-26T" + time + "Z").value();
}

SimLife life()
{
    SimLife life;
    life.account = "main";
    life.stored.sim.id = "1001";
    life.stored.sim.iccid_plastic = "8997201183059987676";
    life.stored.sim.description = "tracker \x1b[31m";
    life.stored.sim.balance = Money::parse("4.90");
    life.stored.sim.is_blocked = true;
    life.stored.changed_at = at("11:00:00");
    life.stored.revision = 3;
    life.first_seen_at = at("08:00:00");
    return life;
}

EventRecord balance_changed(const std::string& time, const std::string& before, const std::string& after)
{
    EventRecord event;
    event.account = "main";
    event.kind = "balance.changed";
    event.sim = "1001";
    event.observed_at = event.recorded_at = "2026-11-26T" + time + "Z";
    event.before = R"({"balance": ")" + before + R"("})";
    event.after = R"({"balance": ")" + after + R"("})";
    return event;
}

std::string line(const EventRecord& event)
{
    return event.kind + " " + event.after;
}

TEST(HistoryText, TellsWhoItIsHowItsBalanceWentAndWhatHappened)
{
    const auto text = history_text(
        life(), {balance_changed("09:00:00", "20", "10.5"), balance_changed("10:00:00", "10.5", "4.90")},
        at("12:00:00"), line);
    EXPECT_THAT(
        text, HasSubstr("SIM 1001 of account main, ICCID 8997201183059987676, \"tracker \\x1B[31m\"\n"));
    EXPECT_THAT(text, HasSubstr("first seen 2026-11-26 08:00, last changed 2026-11-26 11:00, version 3\n"));
    EXPECT_THAT(text, HasSubstr("blocked, balance 4.9\n"));
    EXPECT_THAT(text, HasSubstr("20 ┤███████████████\n")); // until nine, a quarter of the time
    EXPECT_THAT(text, HasSubstr(" 0 ┤████████"));
    EXPECT_THAT(text, HasSubstr("2026-11-26 12:00\n"));
    EXPECT_THAT(text, HasSubstr("balance.changed {\"balance\": \"10.5\"}\n"));
}

TEST(HistoryText, OfASimWithoutABalanceHasNoChart)
{
    auto quiet = life();
    quiet.stored.sim.balance.reset();
    const auto text = history_text(quiet, {}, at("12:00:00"), line);
    EXPECT_THAT(text, Not(HasSubstr("┤")));
    EXPECT_THAT(text, HasSubstr("no event since it was first seen"));
}

TEST(HistoryText, OfASimThatIsGoneEndsThere)
{
    auto gone = life();
    gone.stored.removed_at = at("11:30:00");
    const auto text = history_text(gone, {}, at("23:00:00"), line);
    EXPECT_THAT(text, HasSubstr("gone since 2026-11-26 11:30\n"));
    EXPECT_THAT(text, HasSubstr("2026-11-26 11:30\n\n"));
}

TEST(HistoryText, BelowZeroNamesTheLowest)
{
    const auto text = history_text(life(), {balance_changed("09:00:00", "5", "-3.20")}, at("12:00:00"), line);
    EXPECT_THAT(text, HasSubstr("-3.20 ┤"));
}

TEST(HistoryJson, IsOneDocumentWithTheRowAndItsEvents)
{
    const auto document = json::parse(history_json(life(), {balance_changed("09:00:00", "20", "10.5")}));
    EXPECT_EQ(document.at("account"), "main");
    EXPECT_EQ(document.at("sim").at("id"), "1001");
    EXPECT_EQ(document.at("sim").at("first_seen_at"), "2026-11-26T08:00:00Z");
    EXPECT_TRUE(document.at("sim").at("removed_at").is_null());
    EXPECT_EQ(document.at("events").at(0).at("after").at("balance"), "10.5");
}

} // namespace
} // namespace simsync::cli
