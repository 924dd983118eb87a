// What the options of `simsync events` mean together, and which exclude each other.
#include "cli/events_words.hpp"

#include "cli/exit_code.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::HasSubstr;
using namespace std::chrono_literals;

const Timestamp now{1'700'000'000s};

std::string refusal_of(const EventsWords& words)
{
    try
    {
        events_command(words, now);
    }
    catch (const UsageError& error)
    {
        EXPECT_FALSE(error.hint().empty()) << error.what();
        return error.what();
    }
    return "";
}

TEST(EventsWords, CountALimitFromWhereReadingBegins)
{
    EventsWords words;
    words.limit = 7;
    EXPECT_EQ(events_command(words, now).last, 7) << "it begins nowhere: the newest";
    words.command.after = 100;
    EXPECT_EQ(events_command(words, now).first, 7);
    EXPECT_EQ(events_command(words, now).last, std::nullopt);
}

TEST(EventsWords, ReadTimesFromNow)
{
    EventsWords words;
    words.since = "2h";
    words.until = "2023-11-14T22:13:20Z";
    const auto command = events_command(words, now);
    EXPECT_EQ(command.since, now - 2h);
    EXPECT_EQ(command.until, now);
}

TEST(EventsWords, JoinACauseToTheMatch)
{
    EventsWords words;
    words.cause = "clock";
    words.command.match = "kind = sim.*";
    const auto match = events_command(words, now).match;
    EXPECT_THAT(match, HasSubstr("clock"));
    EXPECT_THAT(match, HasSubstr("kind = sim.*"));
}

TEST(EventsWords, ExcludeEachOther)
{
    EventsWords words;
    words.command.last = 5;
    words.command.after = 5;
    EXPECT_EQ(refusal_of(words), "--last and --after exclude each other");

    words = {};
    words.command.follow = true;
    words.until = "1h";
    EXPECT_EQ(refusal_of(words), "--follow and --until exclude each other");

    words = {};
    words.command.consumer = "pager";
    words.since = "1h";
    EXPECT_EQ(refusal_of(words), "--consumer and --since exclude each other");
}

TEST(EventsWords, NeedAConsumerForWhatIsOne)
{
    EventsWords words;
    words.command.exec = "true";
    EXPECT_EQ(refusal_of(words), "--exec needs a --consumer");

    words = {};
    words.from = "now";
    EXPECT_EQ(refusal_of(words), "--from needs a --consumer");
    words.command.consumer = "pager";
    EXPECT_TRUE(events_command(words, now).from_now);
    words.from = "yesterday";
    EXPECT_THAT(refusal_of(words), HasSubstr("\"yesterday\""));
}

} // namespace
} // namespace simsync::cli
