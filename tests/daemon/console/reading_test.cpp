// The lane of questions: one connection, when it is made, and when it is let go.
#include "daemon/console/reading.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <future>
#include <string>
#include <vector>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using testing::ElementsAre;

struct Counts
{
    int opened = 0;
    int alive = 0;
};

struct Session
{
    explicit Session(Counts& all) : counts(all), number(++all.opened) { ++all.alive; }
    ~Session() { --counts.alive; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Counts& counts;
    int number;
};

class LaneTest : public testing::Test
{
protected:
    template<class Ask>
    void ask(Ask question)
    {
        boost::asio::co_spawn(
            io,
            [](LaneTest& test, Ask inner) -> awaitable<void>
            {
                try
                {
                    test.answers.push_back(co_await test.lane(inner));
                }
                catch (const QueueFull&)
                {
                    test.answers.push_back("full");
                }
                catch (const StoreError& error)
                {
                    test.answers.push_back(error.what());
                }
            }(*this, question),
            boost::asio::detached);
    }

    // Until nothing is left to do, the end of patience included.
    void run()
    {
        io.restart();
        io.run();
    }

    Counts counts; // touched on the lane's thread, and while that has nothing to do
    std::vector<std::string> answers;
    int rests = 0;
    boost::asio::io_context io{1};
    Lane<Session> lane{
        io.get_executor(), [this] { return std::make_unique<Session>(counts); }, 2, [this] { ++rests; },
        std::chrono::milliseconds{1}};
};

std::string number_of(Session& session)
{
    return std::to_string(session.number);
}

TEST_F(LaneTest, ConnectsWhenItIsAskedAndLetsGoWhenNobodyAsksAnyMore)
{
    EXPECT_EQ(counts.opened, 0);
    ask(number_of);
    ask(number_of);
    run();
    EXPECT_THAT(answers, ElementsAre("1", "1"));
    EXPECT_EQ(counts.alive, 0);
    EXPECT_EQ(rests, 1);

    ask(number_of);
    run();
    EXPECT_THAT(answers, ElementsAre("1", "1", "2"));
}

TEST_F(LaneTest, LetsAFewWaitAndNoMore)
{
    std::promise<void> release;
    const auto released = release.get_future().share();
    ask([released](Session&) { return released.wait(), std::string("first"); });
    for (int i = 0; i < 4; ++i)
        ask(number_of);
    while (answers.size() < 2)
        io.run_one();
    EXPECT_THAT(answers, ElementsAre("full", "full"));
    EXPECT_EQ(lane.in_flight(), 3U);
    release.set_value();
    run();
    EXPECT_THAT(answers, ElementsAre("full", "full", "first", "1", "1"));
}

TEST_F(LaneTest, RefusesThoseThatWaitWhenItIsToEnd)
{
    std::promise<void> release;
    const auto released = release.get_future().share();
    ask([released](Session&) { return released.wait(), std::string("first"); });
    ask(number_of);
    while (lane.in_flight() < 2)
        io.run_one();
    lane.refuse();
    ask(number_of);
    release.set_value();
    run();
    // The first may not have begun yet when the lane was told.
    EXPECT_THAT(answers, testing::Contains("full").Times(testing::Ge(2)));
    EXPECT_THAT(answers, testing::Not(testing::Contains("1")));
}

TEST_F(LaneTest, AsksAgainOverANewConnectionWhereTheOldOneHadDied)
{
    const auto dies_once = [](Session& session)
    {
        if (session.number == 1 && session.counts.opened == 1)
            throw DatabaseUnavailable("lost", "");
        return number_of(session);
    };
    ask(number_of);
    ask(dies_once);
    run();
    EXPECT_THAT(answers, ElementsAre("1", "2"));
}

TEST_F(LaneTest, TellsOfADatabaseThatIsAwayAndTriesAnewNextTime)
{
    ask([](Session&) -> std::string { throw DatabaseUnavailable("away", ""); });
    ask(number_of);
    run();
    EXPECT_THAT(answers, ElementsAre("away", "2"));
}

TEST_F(LaneTest, KeepsItsConnectionWhereAQuestionTakesTooLong)
{
    ask([](Session&) -> std::string { throw StatementTimeout("slow", ""); });
    ask(number_of);
    run();
    EXPECT_THAT(answers, ElementsAre("slow", "1"));
}

TEST_F(LaneTest, ReadsFromElsewhereFromNowOn)
{
    Counts others;
    ask(number_of);
    while (answers.empty())
        io.run_one();
    lane.open_by([&others] { return std::make_unique<Session>(others); });
    ask(number_of);
    run();
    EXPECT_EQ(others.opened, 1);
    EXPECT_EQ(counts.alive, 0);
}

TEST_F(LaneTest, AfterItsEndRefusesWhateverIsAsked)
{
    lane.join();
    ask(number_of);
    run();
    EXPECT_THAT(answers, ElementsAre("full"));
}

} // namespace
} // namespace simsync
