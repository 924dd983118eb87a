// What a stream holds after events were published to it, whatever is lost, delayed or said twice in between.
#include "sink/nats_publisher.hpp"

#include "sink/forgetful_stream.hpp"

#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Delivery delivery(std::int64_t seq, const std::string& account = "main")
{
    Delivery made;
    made.id = account + ':' + std::to_string(seq);
    made.account = account;
    made.seq = seq;
    made.kind = "sim.blocked";
    made.body = "{}";
    made.upto[account] = seq;
    return made;
}

std::vector<Delivery> deliveries(std::int64_t from, std::int64_t upto)
{
    std::vector<Delivery> made;
    for (auto seq = from; seq <= upto; ++seq)
        made.push_back(delivery(seq));
    return made;
}

std::vector<std::string> ids_of(std::span<const Delivery> events)
{
    std::vector<std::string> ids;
    for (const auto& each : events)
        ids.push_back(each.id);
    return ids;
}

// Comes again with what is left, as a sink does; gives up where nothing comes of it.
void publish_all(NatsPublisher& publisher, std::span<const Delivery> events)
{
    for (int tries = 0; !events.empty() && tries < 10'000; ++tries)
        events = events.subspan(publisher.publish(events).taken);
    ASSERT_THAT(events, IsEmpty());
}

// Where a position is put back to.
std::span<const Delivery> behind(const HeldEvents& held, std::span<const Delivery> all)
{
    const auto last = held.find("main");
    const auto at =
        last == held.end() ? all.begin() : std::ranges::find(all, last->second.id, &Delivery::id) + 1;
    return all.subspan(static_cast<std::size_t>(at - all.begin()));
}

class NatsPublishing : public testing::Test
{
protected:
    ForgetfulStream stream;
    NatsPublisher publisher{stream};
};

TEST_F(NatsPublishing, LooksForTheEndOnceAndThenGoesOnBehindIt)
{
    EXPECT_EQ(publisher.publish(deliveries(1, 1000)).taken, 1000);
    EXPECT_EQ(publisher.publish(deliveries(1001, 1300)).taken, 300);
    EXPECT_EQ(stream.ids(), ids_of(deliveries(1, 1300)));
    EXPECT_EQ(stream.looks, 1);
    EXPECT_EQ(stream.most_in_flight, 256);
}

TEST_F(NatsPublishing, CountsWhatIsNotWantedAsTaken)
{
    auto events = deliveries(1, 3);
    events[0].body.clear();
    EXPECT_EQ(publisher.publish(events).taken, 3);
    EXPECT_THAT(stream.ids(), ElementsAre("main:2", "main:3"));
    events.resize(1);
    EXPECT_EQ(publisher.publish(events).taken, 1);
}

TEST_F(NatsPublishing, StoresNothingBehindWhatWasLostAndTellsOfIt)
{
    stream.lose_publish(5);
    const auto published = publisher.publish(deliveries(1, 300));
    EXPECT_EQ(published.taken, 4);
    ASSERT_TRUE(published.refusal);
    EXPECT_EQ(published.refusal->failure.kind, FailureKind::timed_out);
    EXPECT_THAT(published.refusal->failure.what, HasSubstr("event 5 of account \"main\""));
    EXPECT_EQ(stream.ids(), ids_of(deliveries(1, 4)));
    publish_all(publisher, deliveries(5, 300));
    EXPECT_EQ(stream.ids(), ids_of(deliveries(1, 300)));
}

TEST_F(NatsPublishing, AsksTheStreamWhatItHoldsWhereAnAnswerIsMissing)
{
    stream.lose_answer(5);
    stream.remembers_ids = false; // its duplicate window is over
    const auto published = publisher.publish(deliveries(1, 300));
    EXPECT_EQ(published.taken, 4);
    publish_all(publisher, deliveries(5, 300));
    EXPECT_EQ(stream.ids(), ids_of(deliveries(1, 300)));
}

TEST_F(NatsPublishing, OfAnotherProcessGoesOnWhereTheStreamEnds)
{
    publish_all(publisher, deliveries(1, 50));
    stream.remembers_ids = false;
    NatsPublisher next{stream}; // its position is older: the other was killed before it noted its own
    const HeldEvents last{{"main", {"main:50", 50, 7}}};
    EXPECT_EQ(next.publish(deliveries(20, 50)).held, last) << "what the stream holds is noted";
    publish_all(next, deliveries(51, 80));
    EXPECT_EQ(stream.ids(), ids_of(deliveries(1, 80)));
}

TEST_F(NatsPublishing, KnowsWhatIsStoredOfEachAccountHoweverTheyAreMixed)
{
    publish_all(publisher, std::vector{delivery(1), delivery(1, "other"), delivery(2), delivery(3)});
    stream.remembers_ids = false;
    NatsPublisher next{stream};
    const std::vector again{delivery(1, "other"), delivery(2, "other"), delivery(1),
                            delivery(2),          delivery(3),          delivery(4)};
    publish_all(next, again);
    EXPECT_THAT(stream.ids(), ElementsAre("main:1", "other:1", "main:2", "main:3", "other:2", "main:4"));
}

TEST_F(NatsPublishing, TakesItsTurnBetweenOthers)
{
    publish_all(publisher, deliveries(1, 10));
    stream.store_of_others();
    EXPECT_EQ(publisher.publish(deliveries(11, 20)).taken, 10);
    EXPECT_THAT(stream.ids(), testing::SizeIs(21));
}

TEST_F(NatsPublishing, GetsOnThoughOthersPublishBetweenEachLookAndWhatFollowsIt)
{
    stream.others_publish_behind_each_look = true;
    EXPECT_EQ(publisher.publish(deliveries(1, 10)).taken, 10);
    auto ids = stream.ids();
    std::erase(ids, "");
    EXPECT_EQ(ids, ids_of(deliveries(1, 10)));
}

TEST_F(NatsPublishing, TellsWhatIsRefusedOnceWhatCameBeforeItIsStored)
{
    stream.refuse("main:7");
    const auto published = publisher.publish(deliveries(1, 300));
    EXPECT_EQ(published.taken, 6);
    ASSERT_TRUE(published.refusal);
    EXPECT_EQ(published.refusal->status, 413);
    // Left out by an operator, the others follow.
    publish_all(publisher, deliveries(8, 300));
    EXPECT_THAT(stream.ids(), testing::SizeIs(299));
}

TEST_F(NatsPublishing, ThatIsToldToStopWaitsForWhatIsInFlightAndBeginsNothing)
{
    stream.after_publishes(10, [&] { publisher.stop(); });
    const auto published = publisher.publish(deliveries(1, 300));
    EXPECT_EQ(published.taken, 10);
    EXPECT_FALSE(published.refusal);
    EXPECT_EQ(stream.ids(), ids_of(deliveries(1, 10)));
}

TEST_F(NatsPublishing, OfWhatWasRewoundIsDroppedWhileTheStreamRemembersIt)
{
    publish_all(publisher, deliveries(1, 400));
    NatsPublisher rewound{stream};
    publish_all(rewound, deliveries(101, 200)); // far before the end: nothing of it is the last
    EXPECT_EQ(stream.ids(), ids_of(deliveries(1, 400)));
}

TEST_F(NatsPublishing, TellsWhatTheStreamHoldsWhereItHasLostWhatItAcknowledged)
{
    publish_all(publisher, std::vector{delivery(1), delivery(1, "other"), delivery(2), delivery(3)});
    stream.lose_last(2);
    const auto published = publisher.publish(deliveries(4, 10));
    EXPECT_EQ(published.taken, 0);
    EXPECT_FALSE(published.refusal);
    ASSERT_TRUE(published.loss);
    const HeldEvents left{{"main", {"main:1", 1, 7}}, {"other", {"other:1", 2, 7}}};
    EXPECT_EQ(published.loss->held, left);
    EXPECT_THAT(stream.ids(), ElementsAre("main:1", "other:1")); // nothing behind the gap
    publish_all(publisher, deliveries(2, 10));
    EXPECT_THAT(stream.ids(), testing::SizeIs(11));
}

TEST_F(NatsPublishing, LooksForALossAlsoWhereThereIsNothingToPublish)
{
    EXPECT_FALSE(publisher.publish({}).loss);
    EXPECT_EQ(stream.looks, 0); // it has acknowledged nothing
    publish_all(publisher, deliveries(1, 3));
    EXPECT_FALSE(publisher.publish({}).loss);
    stream.lose_last(3);
    const auto published = publisher.publish({});
    ASSERT_TRUE(published.loss);
    EXPECT_THAT(published.loss->held, IsEmpty());
    EXPECT_EQ(published.loss->made, 7);
    EXPECT_FALSE(publisher.publish({}).loss); // told once
    publish_all(publisher, deliveries(1, 3));
    stream.made = 8; // by an operator, with what the other had
    EXPECT_EQ(publisher.publish({}).loss->made, 8);
    EXPECT_FALSE(publisher.publish({}).loss);
}

TEST_F(NatsPublishing, KnowsALossOfWhatAnotherProcessPublished)
{
    const auto before = publisher.publish(deliveries(1, 9)).held;
    const HeldEvents last{{"main", {"main:9", 9, 7}}};
    EXPECT_EQ(before, last);
    stream.lose_last(1);
    stream.store_of_others(); // in its place
    NatsPublisher next{stream};
    next.remember(before);
    const auto published = next.publish(deliveries(10, 12));
    ASSERT_TRUE(published.loss);
    EXPECT_EQ(published.loss->held.at("main").id, "main:8");
}

// Leaders die, messages and answers are lost, wait in buffers and arrive when others have followed; the
// process itself is killed and begins again at an older position; servers that have not caught up lead.
TEST_F(NatsPublishing, LeavesExactlyTheEventsInOrderWhateverHappens)
{
    for (unsigned seed = 1; seed <= 100; ++seed)
    {
        ForgetfulStream troubled{seed};
        const auto all = deliveries(1, 400);
        auto one = std::make_unique<NatsPublisher>(troubled);
        std::span<const Delivery> rest = all;
        HeldEvents noted;
        for (int tries = 0; !rest.empty() && tries < 100'000; ++tries)
        {
            if (troubled.chance(0.02))
                troubled.lose_last(30);
            const auto published = one->publish(rest.first(std::min<std::size_t>(rest.size(), 100)));
            if (troubled.chance(0.1)) // killed before the position was noted
            {
                one = std::make_unique<NatsPublisher>(troubled);
                one->remember(noted);
                continue;
            }
            rest = rest.subspan(published.taken);
            if (!published.held.empty())
                noted = published.held;
            if (published.loss)
            {
                noted = published.loss->held;
                rest = behind(noted, all);
            }
        }
        ASSERT_EQ(troubled.ids(), ids_of(all)) << "seed " << seed;
    }
}

} // namespace
} // namespace simsync::test
