// Where a consumer goes back to when its stream has lost what it had acknowledged.
#include "simsync/store/consumer.hpp"
#include "store/mirror_test.hpp"

namespace simsync::test
{
namespace
{

constexpr std::int64_t made = 42;

class HeldEventsTest : public MirrorTest
{
protected:
    void SetUp() override
    {
        MirrorTest::SetUp();
        append_events(9);
        consumer.next(100);
        consumer.acknowledge({{"main", 2}}); // of these nothing was wanted
        consumer.acknowledge({{"main", 9}}, {{"main", held(9)}});
    }

    void append_events(int count)
    {
        for (int i = 1; i <= count; ++i)
            append({event(Kind::sim_added, std::to_string(i))});
    }

    HeldEvent held(int seq) const
    {
        return {
            sql("select simsync.event_id('main', " + std::to_string(seq) + ")"),
            static_cast<std::uint64_t>(seq), made};
    }

    std::string position() const
    {
        return sql("select acked_seq from simsync.consumer where consumer = 'sink:hub'");
    }

    Consumer consumer{url, "sink:hub"};
};

TEST_F(HeldEventsTest, AreRememberedForWhoeverComesNext)
{
    const HeldEvents noted{{"main", held(9)}};
    EXPECT_EQ(consumer.held(), noted);
    EXPECT_EQ(Consumer(url, "sink:other").held(), HeldEvents{});
}

TEST_F(HeldEventsTest, PutAConsumerBackBehindTheLastOneThatIsLeft)
{
    const auto back = consumer.put_back({{"main", held(5)}}, made);
    ASSERT_EQ(back.size(), 1);
    EXPECT_EQ(back.at("main").from, 9);
    EXPECT_EQ(back.at("main").to, 5);
    EXPECT_EQ(position(), "5");
    EXPECT_EQ(consumer.next(100).front().seq, 6);
    EXPECT_EQ(consumer.held().at("main"), held(5));
}

TEST_F(HeldEventsTest, LeaveAConsumerThatLacksNothing)
{
    EXPECT_TRUE(consumer.put_back({{"main", held(9)}}, made).empty());
    EXPECT_EQ(position(), "9");
    sql("select simsync.seek_consumer('sink:hub', 'main', 3)"); // by a person, who is being served
    EXPECT_TRUE(consumer.put_back({{"main", held(5)}}, made).empty());
    EXPECT_EQ(position(), "3");
}

TEST_F(HeldEventsTest, ThatAreAllLostPutItBackToWhereThePublishingBegan)
{
    EXPECT_EQ(consumer.put_back({}, made).at("main").to, 2);
    EXPECT_EQ(position(), "2");
    EXPECT_TRUE(consumer.held().empty());
    EXPECT_TRUE(consumer.put_back({}, made).empty());
}

TEST_F(HeldEventsTest, LeaveItWhereAStreamWasMadeAnewAndHoldsNothing)
{
    const auto back = consumer.put_back({}, made + 1);
    ASSERT_EQ(back.size(), 1);
    EXPECT_FALSE(back.at("main").to);
    EXPECT_EQ(position(), "9");
}

TEST_F(HeldEventsTest, AreCountedFromAnewInAStreamThatWasMadeAnew)
{
    auto again = held(9);
    again.made = made + 1;
    consumer.put_back({}, made + 1);
    append_events(2);
    consumer.next(100);
    again = held(11);
    again.made = made + 1;
    consumer.acknowledge({{"main", 11}}, {{"main", again}});
    EXPECT_EQ(consumer.put_back({}, made + 1).at("main").to, 9);
}

// A promoted standby lacked events: their numbers were given out again, and mean others.
TEST_F(HeldEventsTest, OfAnEarlierNumberingCountAsFarAsItIsKept)
{
    const auto before = held(8);
    sql("update simsync.ledger set last_seq = 6");
    sql("delete from simsync.change_event where seq > 6");
    sql("select simsync.begin_numbering('main', 'lost', 9)");
    EXPECT_EQ(sql("select simsync.seq_of_event('main', '" + before.id + "')"), "6");
    EXPECT_EQ(sql("select simsync.seq_of_event('main', 'other:8')"), "");
    EXPECT_EQ(sql("select simsync.seq_of_event('main', 'main:3')"), "0");
}

TEST_F(HeldEventsTest, NeverPutItBackBehindWhatIsKept)
{
    sql("delete from simsync.change_event where seq < 8");
    EXPECT_EQ(consumer.put_back({{"main", held(3)}}, made).at("main").to, 7);
}

} // namespace
} // namespace simsync::test
