// `simsync consumer`: a person looks at those who read the events, and moves them.
#include "e2e/sinks.hpp"

#include <boost/json.hpp>

#include <atomic>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Consumers : public Sinks
{
protected:
    Result consumer(Strings words) const
    {
        words.insert(words.begin(), "consumer");
        return testbed.run(words);
    }

    // Three events of SIMs, and a consumer that has had the first.
    void read_one_of_three()
    {
        testbed.run({"events", "--consumer", "pager"}); // up to here
        for (std::size_t i = 0; i < 3; ++i)
        {
            block(i);
            testbed.sync();
        }
        last = std::stoll(testbed.sql("select last_seq from simsync.account"));
        testbed.sql("select simsync.ack_events('pager', 'main', " + std::to_string(last - 2) + ")");
    }
    std::string place()
    {
        return testbed.sql(
            "select acked_seq from simsync.consumer where consumer = 'pager' and account = 'main'");
    }

    std::int64_t last = 0;
};

TEST_F(Consumers, AreShownWithWhatEachWayOnDelivers)
{
    EXPECT_THAT(consumer({}).out, HasSubstr("nobody reads as a consumer yet"));
    EXPECT_THAT(consumer({"list", "nobody"}).err, HasSubstr("there is no consumer \"nobody\""));
    read_one_of_three();
    EXPECT_THAT(
        consumer({"list"}).out,
        AllOf(StartsWith("pager\n  main "), HasSubstr("2 events behind, the oldest waits for")));
    EXPECT_THAT(
        consumer({"list", "pager"}).out,
        AllOf(
            HasSubstr("skip\n  main: from event"), HasSubstr("leaves out event"),
            HasSubstr("restart --from now\n"), HasSubstr("leaves out 2 events: "),
            HasSubstr("restart --from oldest\n"), HasSubstr("of them again")));
    const auto document = json::parse(consumer({"list", "--json"}).out).at("consumers").at(0);
    EXPECT_EQ(document.at("behind"), 2);
    EXPECT_EQ(document.at("state"), "reads");
}

TEST_F(Consumers, AreNotMovedWithoutBeingToldSo)
{
    read_one_of_three();
    const auto before = place();
    for (const Strings& step :
         {Strings{"skip", "pager"}, Strings{"seek", "pager", "--after", "0"},
          Strings{"restart", "pager", "--from", "now"}, Strings{"remove", "pager"}})
    {
        const auto output = consumer(step);
        EXPECT_EQ(output.code, 64) << step.front();
        EXPECT_THAT(
            output.err, AllOf(HasSubstr("nothing was done"), HasSubstr("HINT: "), HasSubstr("--yes")));
        EXPECT_THAT(output.out, HasSubstr("main"));
        EXPECT_EQ(place(), before) << step.front();
    }
    EXPECT_EQ(json::parse(consumer({"skip", "pager", "--json"}).out).at("done"), false);
}

TEST_F(Consumers, AreMovedAndReadOnFromThere)
{
    read_one_of_three();
    auto skipped = consumer({"skip", "pager", "--yes"});
    EXPECT_EQ(skipped.code, 0) << skipped.err;
    EXPECT_THAT(skipped.out, AllOf(HasSubstr("leaves out event"), HasSubstr("delivers 1 event: ")));
    EXPECT_EQ(place(), std::to_string(last - 1));
    EXPECT_EQ(consumer({"skip", "pager", "--count", "9", "--yes"}).code, 0);
    EXPECT_EQ(place(), std::to_string(last));
    EXPECT_THAT(consumer({"skip", "pager", "--yes"}).err, HasSubstr("there is none to skip"));
    EXPECT_EQ(consumer({"seek", "pager", "--after", std::to_string(last - 2), "--yes"}).code, 0);
    EXPECT_EQ(occurrences(testbed.run({"events", "--consumer", "pager"}).out, "\n"), 2);
    EXPECT_EQ(consumer({"restart", "pager", "--from", "oldest", "--yes"}).code, 0);
    EXPECT_EQ(place(), "0");
    EXPECT_EQ(consumer({"restart", "pager", "--from", std::to_string(last), "--yes"}).code, 0);
    EXPECT_EQ(place(), std::to_string(last - 1));
    EXPECT_THAT(
        consumer({"seek", "pager", "--after", std::to_string(last + 1), "--yes"}).err,
        HasSubstr("is not kept"));
    const auto document = json::parse(consumer({"restart", "pager", "--from", "now", "--yes", "--json"}).out);
    EXPECT_EQ(document.at("done"), true);
    EXPECT_EQ(document.at("accounts").at(0).at("to"), last);
    EXPECT_EQ(consumer({"remove", "pager", "--yes"}).code, 0);
    EXPECT_THAT(consumer({"list"}).out, HasSubstr("nobody reads as a consumer yet"));
}

TEST_F(Consumers, ThatReadNowAreNotForgotten)
{
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    const auto output = consumer({"remove", "sink:pager", "--yes"});
    EXPECT_EQ(output.code, 75);
    EXPECT_THAT(output.err, HasSubstr("take the sink out of the configuration"));
}

// What came before it in the same reading was taken: it is acknowledged, so that the next one is the one that
// stands in the way.
TEST_F(Consumers, ThatAreStuckAreSkippedPastTheVeryEventThatIsRefused)
{
    std::atomic<std::int64_t> poison = 0;
    receiver.refuse(
        [&](const Request& request)
        { return seq_of(request) == poison ? reply(422, "I cannot read this") : reply(204, ""); });
    add_webhook();
    testbed.sql("select simsync.begin_consumer('sink:pager')");
    for (std::size_t i = 0; i < 5; ++i)
    {
        block(i);
        testbed.sync();
    }
    const auto newest = std::stoll(testbed.sql("select last_seq from simsync.account"));
    poison = newest - 2;
    auto daemon = start();
    daemon.await_err("cannot deliver");
    testbed.await_sql("select acked_seq from simsync.consumer", std::to_string(poison - 1));
    const auto skipped = consumer({"skip", "sink:pager", "--yes"});
    EXPECT_THAT(
        skipped.out, AllOf(
                         HasSubstr("leaves out event"), HasSubstr("its sink would post 1"),
                         HasSubstr("; its sink posts 2")));
    testbed.await_sql(caught_up, "t");
    daemon.await_err("sink pager delivers again");
}

TEST_F(Consumers, OfASinkThatRunsArePutBackAndToldAgain)
{
    add_webhook();
    testbed.set("sink", "concurrency", "1"); // in the order of the log
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    for (std::size_t i = 0; i < 3; ++i)
        block_and_wait(i);
    const auto got = receiver.await_taken(3);
    testbed.await_sql(caught_up, "t");
    const auto output = consumer({"seek", "sink:pager", "--after", std::to_string(seq_of(got[0])), "--yes"});
    EXPECT_THAT(output.out, AllOf(HasSubstr("; 2 of them again"), HasSubstr("; its sink posts 2")));
    const auto again = receiver.await_taken(5);
    EXPECT_EQ(seq_of(again[3]), seq_of(got[1]));
    EXPECT_EQ(seq_of(again[4]), seq_of(got[2]));
    EXPECT_EQ(header_of(again[3], "webhook-id"), header_of(got[1], "webhook-id"));
}

TEST_F(Consumers, OfSeveralAccountsAreMovedInTheOneThatIsNamed)
{
    testbed.add_account("second", testbed.api().url());
    testbed.sync();
    testbed.run({"events", "--consumer", "pager"});
    const auto unnamed = consumer({"seek", "pager", "--after", "0", "--yes"});
    EXPECT_EQ(unnamed.code, 64);
    EXPECT_THAT(unnamed.err, AllOf(HasSubstr("reads several accounts"), HasSubstr("--account main")));
    EXPECT_EQ(consumer({"seek", "pager", "--after", "0", "--account", "second", "--yes"}).code, 0);
    EXPECT_NE(place(), "0") << "main is where it was";
    const auto skipped = consumer({"skip", "pager", "--yes"});
    EXPECT_THAT(skipped.out, HasSubstr("  second: from event 0 to 1 of")) << "nothing waits in the other";
    EXPECT_THAT(
        consumer({"seek", "pager", "--after", "0", "--account", "third"}).err,
        HasSubstr("no consumer \"pager\" in account \"third\""));
}

} // namespace
} // namespace simsync::test
