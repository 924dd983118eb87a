// What a person reads before a consumer is moved.
#include "cli/consumer_text.hpp"

#include "model/match_parser.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::HasSubstr;
using testing::Not;

const auto now = parse_date("2026-11-26T03:00:00Z").value();
constexpr std::chrono::minutes minute{1};

ConsumerPosition position(std::int64_t acked_seq, std::int64_t last_seq)
{
    ConsumerPosition position;
    position.account = "main";
    position.consumer = "pager";
    position.acked_seq = acked_seq;
    position.last_seq = last_seq;
    position.behind = last_seq - acked_seq;
    if (position.behind > 0)
        position.waiting_since = now - 3 * minute;
    position.acked_at = now - 5 * minute;
    return position;
}

TEST(ConsumerText, SaysHowFarEachIs)
{
    auto elsewhere = position(7, 7);
    elsewhere.account = "other";
    EXPECT_EQ(
        positions_text({position(4'710, 4'800), elsewhere}, now),
        "pager\n"
        "  main              event 4,710 of 4,800, 90 events behind, the oldest waits for 3m, acknowledged "
        "5m ago\n"
        "  other             event 7 of 7, has had every event, acknowledged 5m ago\n");
}

TEST(ConsumerText, CallsNothingAcknowledgedThatNeverWas)
{
    EXPECT_THAT(
        positions_text({position(0, 4'800)}, now),
        HasSubstr("4,800 events behind, the oldest waits for 3m, nothing acknowledged\n"));
}

TEST(ConsumerText, SaysWhatKeepsOneFromReadingOn)
{
    auto lost = position(3, 9);
    lost.state = ConsumerState::renumbered;
    EXPECT_THAT(positions_text({lost}, now), HasSubstr("cannot read on: the events were numbered anew"));
    auto down = position(3, 9);
    down.down_since = now - 2 * minute;
    down.down_error = "the receiver answers 410: gone\nfor good";
    EXPECT_THAT(
        positions_text({down}, now),
        HasSubstr("\n    ! DOWN for 2m: the receiver answers 410: gone\\x0Afor good\n"));
}

TEST(ConsumerText, SaysAtWhichEventASinkIsStuckAndWhy)
{
    auto stuck = position(4'710, 4'800);
    stuck.stuck_since = now - 2 * minute;
    stuck.stuck_seq = 4'711;
    stuck.stuck_error = "the receiver answers 422: unknown\nSIM";
    EXPECT_THAT(
        positions_text({stuck}, now),
        HasSubstr("\n    ! STUCK at event 4,711 for 2m: the receiver answers 422: unknown\\x0ASIM\n"));
    stuck.down_error = "the receiver answers 410";
    EXPECT_THAT(positions_text({stuck}, now), testing::Not(HasSubstr("STUCK"))) << "it is down";
}

TEST(ConsumerText, CountsTheFirstKindsByName)
{
    EXPECT_EQ(tally_text({}), "nothing that waits");
    EXPECT_EQ(tally_text({{"sim.blocked", false, 1}}), "1 event: 1 sim.blocked");
    EXPECT_EQ(
        tally_text({{"balance.changed", false, 1'200}, {"balance.low", true, 30}}),
        "1,230 events: 1,200 balance.changed, 30 balance.low (30 of what stood before simsync came)");
    std::vector<EventTally> many;
    for (const char* kind : {"a", "b", "c", "d", "e", "f", "g", "h"})
        many.push_back({kind, false, 2});
    EXPECT_THAT(tally_text(many), testing::EndsWith("2 f and 4 others"));
}

TEST(ConsumerText, NamesAKindOnceWhetherItStoodBeforeOrCameSince)
{
    EXPECT_EQ(
        tally_text(
            {{"tariff.expiring", true, 50}, {"balance.changed", false, 60}, {"tariff.expiring", false, 20}}),
        "130 events: 70 tariff.expiring, 60 balance.changed (50 of what stood before simsync came)");
}

TEST(ConsumerText, OfAStepSaysWhatIsLeftOutAndWhatIsDelivered)
{
    EventRecord event;
    event.seq = 4'711;
    event.kind = "balance.depleted";
    event.sim = "1001";
    const ConsumerStep skip{position(4'710, 4'800),       4'711, {{"balance.depleted", false, 1}}, {},
                            {{"sim.blocked", false, 89}}, event};
    EXPECT_EQ(
        step_text(skip, {}), "  main: from event 4,710 to 4,711 of 4,800\n"
                             "    leaves out event 4,711 (balance.depleted of SIM 1001)\n"
                             "    delivers 89 events: 89 sim.blocked\n");
    const ConsumerStep all{
        position(50, 60), 0, {}, {{"sim.blocked", false, 50}}, {{"sim.blocked", false, 60}}, {}};
    EXPECT_THAT(step_text(all, {}), HasSubstr("delivers 60 events: 60 sim.blocked; 50 of them again\n"));
    EXPECT_THAT(step_text(all, {}), Not(HasSubstr("leaves out")));
}

// A flood is foreseen by what is posted, and not by what stands in the log.
TEST(ConsumerText, OfASinkSaysWhatItPosts)
{
    const ConsumerStep all{
        position(60, 60),
        0,
        {},
        {{"balance.low", true, 5'000}, {"sim.blocked", false, 2}},
        {{"balance.low", true, 5'000}, {"sim.blocked", false, 2}},
        {}};
    EXPECT_THAT(step_text(all, Wanted{}), HasSubstr("; its sink posts 2\n"));
    EXPECT_THAT(step_text(all, Wanted{.kinds = {}, .standing = true}), HasSubstr("; its sink posts 5,002\n"));
    EXPECT_THAT(step_text(all, Wanted{.kinds = {"sim.archived"}}), HasSubstr("; its sink posts 0\n"));
}

TEST(ConsumerText, OfASinkThatWantsWhatMatchesSaysTheMostThatItPosts)
{
    const ConsumerStep all{position(2, 2), 0, {}, {}, {{"sim.blocked", false, 2}}, {}};
    const Wanted some{.match = std::get<EventMatch>(parse_match("severity >= critical"))};
    EXPECT_THAT(step_text(all, some), HasSubstr("; its sink posts at most 2\n"));
}

} // namespace
} // namespace simsync::cli
