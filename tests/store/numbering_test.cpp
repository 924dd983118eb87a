// May an account's events go on being numbered where the ledger stands, and what is told where some were
// lost?
#include "store/stream_continuity.hpp"

#include "store/mirror_test.hpp"

namespace simsync::test
{
namespace
{

NumberingFacts facts(std::int64_t last_seq, std::int64_t timeline_now = 1)
{
    return {true, true, "s", last_seq, true, 1, timeline_now};
}

TEST(Numbering, GoesOnWhereNothingIsMissing)
{
    EXPECT_EQ(judge_numbering(facts(10), {}), Numbering::goes_on);
    EXPECT_EQ(judge_numbering(facts(10), {"s", 10, 10}), Numbering::goes_on);
    EXPECT_EQ(judge_numbering(facts(12), {"s", 10, 10}), Numbering::goes_on) << "somebody else led meanwhile";
}

TEST(Numbering, ACommitThatWasCutOffOnTheSameServerDidNotHappen)
{
    EXPECT_EQ(judge_numbering(facts(10), {"s", 10, 15}), Numbering::goes_on);
}

TEST(Numbering, ACommitThatWasCutOffMayBeLostWithItsServer)
{
    EXPECT_EQ(judge_numbering(facts(10, 2), {"s", 10, 15}), Numbering::lost);
    EXPECT_EQ(lost_upto(facts(10, 2), {"s", 10, 15}), 15);
}

TEST(Numbering, WhatWasSeenAndIsMissingIsLostOnAnyTimeline)
{
    EXPECT_EQ(judge_numbering(facts(10), {"s", 12, 12}), Numbering::lost)
        << "a snapshot of the disk was put back";
    EXPECT_EQ(judge_numbering(facts(10, 2), {"s", 12, 12}), Numbering::lost);
    EXPECT_EQ(lost_upto(facts(10), {"s", 12, 14}), 12);
}

TEST(Numbering, WhatWasSeenOfAnotherStreamSaysNothing)
{
    EXPECT_EQ(judge_numbering(facts(10), {"before", 99, 99}), Numbering::goes_on);
}

// It began on a server that took over, and yet another one took over from that.
TEST(Numbering, WhatWasSeenOfAStreamThatTheServerNeverHadIsLost)
{
    auto stranger = facts(10, 3);
    stranger.knows_seen = false;
    EXPECT_EQ(judge_numbering(stranger, {"between", 12, 12}), Numbering::lost);
    EXPECT_EQ(lost_upto(stranger, {"between", 12, 12}), 12);
    EXPECT_EQ(judge_numbering(stranger, {"between", 10, 10}), Numbering::promoted)
        << "no number is given again";
}

TEST(Numbering, AnotherTimelineIsAPromotion)
{
    EXPECT_EQ(judge_numbering(facts(10, 2), {}), Numbering::promoted);
    EXPECT_EQ(judge_numbering(facts(10, 2), {"s", 10, 10}), Numbering::promoted);
    auto hidden = facts(10);
    hidden.timeline_now.reset();
    EXPECT_EQ(judge_numbering(hidden, {}), Numbering::goes_on) << "where the server does not tell";
}

TEST(Numbering, AnotherClusterIsARestoreWhateverWasSeen)
{
    auto elsewhere = facts(10, 2);
    elsewhere.same_origin = false;
    EXPECT_EQ(judge_numbering(elsewhere, {"s", 12, 12}), Numbering::restored);
    elsewhere.begun = false;
    EXPECT_EQ(judge_numbering(elsewhere, {}), Numbering::first);
}

// The account came after the last that a promoted standby has; its row is a new one.
TEST(Numbering, AnAccountThatIsMissingAsAWholeLostAllOfItsEvents)
{
    NumberingFacts newcomer;
    newcomer.stream_id = "t";
    newcomer.timeline_now = 2;
    EXPECT_EQ(judge_numbering(newcomer, {"s", 0, 0}), Numbering::first) << "it had none";
    EXPECT_EQ(judge_numbering(newcomer, {"s", 7, 9}), Numbering::lost);
    EXPECT_EQ(lost_upto(newcomer, {"s", 7, 9}), 9);
    EXPECT_EQ(
        loss_event("main", newcomer, {"s", 7, 9}, "u", noon).after[1],
        (Field{"first_lost", std::int64_t{1}}));
}

TEST(SeenEvents, AreTheMostThatWasSeenInOneStream)
{
    SeenEvents seen;
    seen.committed("main", "s", 9);
    seen.committed("main", "s", 8); // read before, told after
    EXPECT_EQ(seen.of("main").committed, 9);
    seen.committed("main", "t", 2);
    EXPECT_EQ(seen.of("main").stream_id, "t");
    EXPECT_EQ(seen.of("main").committed, 2);
    EXPECT_EQ(seen.of("other").committed, 0);
}

TEST(LossEvent, SaysWhichNumbersOfWhichStreamAreGone)
{
    const auto lost = loss_event("main", facts(10), {"s", 12, 12}, "t", noon);
    EXPECT_EQ(lost.kind, Kind::account_events_lost);
    EXPECT_EQ(lost.cause, Cause::daemon);
    EXPECT_EQ(lost.observed_at, noon);
    EXPECT_EQ(lost.before, (Fields{{"stream_id", "s"}}));
    EXPECT_EQ(
        lost.after,
        (Fields{{"stream_id", "t"}, {"first_lost", std::int64_t{11}}, {"last_lost", std::int64_t{12}}}));
    EXPECT_FALSE(lost.sim || lost.dedup_key || lost.standing) << "it stands for nothing that could end";
}

} // namespace
} // namespace simsync::test
