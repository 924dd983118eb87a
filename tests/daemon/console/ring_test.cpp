// Who follows what, how far they are, and what they are told where they are too slow or come back too late.
#include "daemon/console/ring.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string stream = "5f3c2a90";
const std::string other_stream = "0be1d3f2";

LiveEvent
event(std::int64_t seq, const std::string& kind = "sim.blocked", const std::string& account = "main")
{
    return {account, seq, kind, "10000" + std::to_string(seq % 7), std::to_string(seq)};
}

class RingTest : public testing::Test
{
protected:
    RingTest() { ring.begin({{"main", {stream, 100}}}); }

    // Events main:101 and so on, up to this one.
    void put_upto(std::int64_t last, const std::string& kind = "sim.blocked")
    {
        for (auto seq = ring.end().at("main").seq + 1; seq <= last; ++seq)
            ring.put(event(seq, kind));
    }

    static std::vector<std::int64_t> taken(Follower& follower)
    {
        std::vector<std::int64_t> seqs;
        while (const auto next = follower.take())
            seqs.push_back(next->seq);
        return seqs;
    }

    static LivePositions at(std::int64_t seq, const std::string& in = stream)
    {
        return {{"main", {in, seq}}};
    }

    Ring ring;
    MissedEvents missed;
};

TEST(LivePositions, AreOneWordAndComeBack)
{
    const LivePositions positions{{"main", {stream, 3064}}, {"backup", {other_stream, 17}}};
    EXPECT_EQ(positions_text(positions), "backup@0be1d3f2:17,main@5f3c2a90:3064");
    EXPECT_EQ(parse_positions(positions_text(positions)), positions);
}

TEST(LivePositions, RefuseWhatIsNone)
{
    for (const char* text :
         {"", "main", "main@5f3c2a90", "main:3064", "main@5f3c2a90:", "main@5f3c2a90:-1", "main@5f3c2a90:1x",
          "main@5f3c2a9:1", "main@5F3C2A90:1", "MAIN@5f3c2a90:1", "@5f3c2a90:1", "main@5f3c2a90:1,",
          ",main@5f3c2a90:1", "main@5f3c2a90:1,main@5f3c2a90:2", "main:1@5f3c2a90",
          "main@5f3c2a90:99999999999999999999"})
        EXPECT_FALSE(parse_positions(text)) << text;
}

TEST_F(RingTest, TellsWhatComesFromNowOn)
{
    put_upto(102);
    const auto follower = ring.follow({});
    EXPECT_EQ(follower->positions(), at(102));
    put_upto(104);
    EXPECT_THAT(taken(*follower), ElementsAre(103, 104));
    EXPECT_EQ(follower->positions(), at(104));
}

TEST_F(RingTest, TellsAnEventOnce)
{
    const auto follower = ring.follow({});
    ring.put(event(101));
    ring.put(event(101));
    ring.put(event(100));
    EXPECT_THAT(taken(*follower), ElementsAre(101));
}

TEST_F(RingTest, TellsWhatTheFilterTakes)
{
    ring.begin({{"main", {stream, 100}}, {"backup", {other_stream, 5}}});
    const auto of_account = ring.follow({"main", {}, {}});
    const auto of_sim = ring.follow({{}, "100003", {}});
    const auto of_kind = ring.follow({{}, {}, std::set<std::string>{"balance.low"}});
    const auto of_nothing = ring.follow({{}, {}, std::set<std::string>{}});
    ring.put(event(101));                // SIM 100003
    ring.put(event(102, "balance.low")); // SIM 100004
    ring.put(event(6, "balance.low", "backup"));
    EXPECT_THAT(taken(*of_account), ElementsAre(101, 102));
    EXPECT_THAT(taken(*of_sim), ElementsAre(101));
    EXPECT_THAT(taken(*of_kind), ElementsAre(102, 6));
    EXPECT_THAT(taken(*of_nothing), IsEmpty());
    EXPECT_EQ(of_account->positions(), at(102)) << "an account that it does not ask for is none of its own";
    EXPECT_THAT(of_nothing->positions(), SizeIs(2));
}

TEST_F(RingTest, AFilterThatTakesNothingMovesOnAllTheSame)
{
    const auto follower = ring.follow({{}, {}, std::set<std::string>{"balance.low"}});
    put_upto(1'000);
    EXPECT_EQ(follower->positions(), at(1'000)) << "or it would be read again for whoever comes back";
}

TEST_F(RingTest, WhileSomethingWaitsThePositionIsBeforeIt)
{
    const auto follower = ring.follow({{}, {}, std::set<std::string>{"balance.low"}});
    put_upto(110);
    put_upto(112, "balance.low");
    put_upto(120);
    EXPECT_EQ(follower->positions(), at(110));
    EXPECT_EQ(follower->take()->seq, 111);
    EXPECT_EQ(follower->positions(), at(111));
    EXPECT_EQ(follower->take()->seq, 112);
    EXPECT_EQ(follower->positions(), at(120));
}

TEST_F(RingTest, WhoIsTooSlowLosesTheOldestAndIsToldHowMany)
{
    const auto slow = ring.follow({});
    const auto fast = ring.follow({});
    for (int i = 101; i <= 400; ++i)
    {
        put_upto(i);
        fast->take();
    }
    EXPECT_EQ(slow->take_dropped(), 300 - Follower::most_queued);
    EXPECT_EQ(slow->take_dropped(), 0U) << "it is told once";
    EXPECT_EQ(slow->take()->seq, 145);
    EXPECT_EQ(fast->take_dropped(), 0U);
}

TEST_F(RingTest, WhoComesBackGoesOnWhereItWas)
{
    put_upto(150);
    const auto follower = ring.follow_from(at(148), {}, missed);
    EXPECT_THAT(missed.after, IsEmpty());
    EXPECT_FALSE(follower->take_reset());
    put_upto(151);
    EXPECT_THAT(taken(*follower), ElementsAre(149, 150, 151));
    EXPECT_EQ(follower->positions(), at(151));
}

TEST_F(RingTest, WhatOneMissedIsNotDroppedAlthoughItIsMore)
{
    put_upto(900);
    const auto follower = ring.follow_from(at(100), {}, missed);
    put_upto(1'000);
    EXPECT_EQ(follower->take_dropped(), 0U);
    EXPECT_THAT(taken(*follower), SizeIs(900));
}

TEST_F(RingTest, WhatIsNotKeptAnyMoreIsAskedOfTheLog)
{
    put_upto(1'300); // 301 to 1,300 are kept
    const auto follower = ring.follow_from(at(298), {}, missed);
    EXPECT_FALSE(follower->take_reset());
    EXPECT_EQ(missed.after, at(298));
    EXPECT_EQ(missed.upto.at("main"), 300);

    put_upto(1'301); // comes while the log is read
    follower->put_before({event(299), event(300)});
    EXPECT_EQ(follower->take()->seq, 299);
    EXPECT_EQ(follower->positions(), at(299));
    EXPECT_THAT(taken(*follower), SizeIs(1'002));
}

TEST_F(RingTest, OfWhatTheLogHoldsTheFilterTakesItsOwn)
{
    put_upto(1'300);
    const auto follower = ring.follow_from(at(298), {{}, {}, std::set<std::string>{"balance.low"}}, missed);
    follower->put_before({event(299), event(300, "balance.low")});
    EXPECT_THAT(taken(*follower), ElementsAre(300));
    EXPECT_EQ(follower->positions(), at(1'300));
}

TEST_F(RingTest, WhoWasAwayForLongLoadsAgain)
{
    ring.begin({{"main", {stream, 100}}});
    put_upto(3'101);
    EXPECT_FALSE(ring.follow_from(at(101), {}, missed)->take_reset());
    EXPECT_EQ(ring.follow_from(at(100), {}, missed)->take_reset(), Reset::behind);
    EXPECT_THAT(missed.after, IsEmpty());
}

TEST_F(RingTest, WhoHoldsAnotherNumberingLoadsAgain)
{
    put_upto(110);
    const auto renumbered = ring.follow_from(at(105, other_stream), {}, missed);
    EXPECT_EQ(renumbered->take_reset(), Reset::renumbered);
    EXPECT_FALSE(renumbered->take_reset()) << "it is told once";
    EXPECT_EQ(ring.follow_from(at(111), {}, missed)->take_reset(), Reset::renumbered) << "from the future";
    put_upto(111);
    EXPECT_THAT(taken(*renumbered), ElementsAre(111)) << "it goes on from where it was told to load again";
}

TEST_F(RingTest, AnotherAccountsNumberingIsNoneOfOnesBusiness)
{
    ring.begin({{"main", {stream, 100}}, {"backup", {other_stream, 5}}});
    const LivePositions positions{{"main", {stream, 100}}, {"backup", {stream, 5}}};
    EXPECT_FALSE(ring.follow_from(positions, {"main", {}, {}}, missed)->take_reset());
    EXPECT_TRUE(ring.follow_from(positions, {"backup", {}, {}}, missed)->take_reset());
}

TEST_F(RingTest, WhoFollowsWhenTheEventsAreNumberedAnewIsReset)
{
    ring.begin({{"main", {stream, 100}}, {"backup", {other_stream, 5}}});
    const auto of_main = ring.follow({"main", {}, {}});
    const auto of_backup = ring.follow({"backup", {}, {}});
    put_upto(101);
    const LivePositions now{{"main", {"11111111", 3}}, {"backup", {other_stream, 5}}};
    EXPECT_FALSE(ring.is_continued_by(now));
    ring.begin(now);
    EXPECT_EQ(of_main->take_reset(), Reset::renumbered);
    EXPECT_FALSE(of_backup->take_reset());
    EXPECT_THAT(taken(*of_main), IsEmpty()) << "what waited is of the old numbering";
    ring.put(event(4));
    EXPECT_THAT(taken(*of_main), ElementsAre(4));
    EXPECT_EQ(of_main->positions(), at(4, "11111111"));
}

TEST_F(RingTest, ARestoredBackupThatKeptItsStreamIsNoticedByItsNumbers)
{
    EXPECT_TRUE(ring.is_continued_by(at(100)));
    EXPECT_TRUE(ring.is_continued_by(at(101)));
    EXPECT_FALSE(ring.is_continued_by(at(99)));
}

TEST_F(RingTest, AnAccountThatIsNewIsToldFromItsFirstEventOn)
{
    const auto follower = ring.follow({});
    ring.begin({{"main", {stream, 100}}, {"backup", {other_stream, 0}}});
    ring.put(event(1, "account.baselined", "backup"));
    EXPECT_THAT(taken(*follower), ElementsAre(1));
    EXPECT_THAT(follower->positions(), SizeIs(2));

    const auto back = ring.follow_from(at(100), {}, missed);
    EXPECT_THAT(taken(*back), ElementsAre(1)) << "it left before that account came";
}

TEST_F(RingTest, WhoLeavesIsToldNothingMore)
{
    const auto follower = ring.follow({});
    ring.leave(follower);
    put_upto(101);
    EXPECT_THAT(taken(*follower), IsEmpty());
    EXPECT_THAT(ring.followers(), IsEmpty());
}

} // namespace
} // namespace simsync
