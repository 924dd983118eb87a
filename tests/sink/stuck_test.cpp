// What is noted of events that are not taken, and when.
#include "sink/stuck.hpp"

#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Notes = std::vector<std::string>;

class Stuck : public testing::Test
{
protected:
    // "main:7 422 for 6s", or nothing where there is nothing to note.
    std::optional<Notes> note()
    {
        const auto stuck = events.to_note(now);
        if (!stuck)
            return std::nullopt;
        Notes notes;
        for (const auto& [account, each] : *stuck)
            notes.push_back(
                account + ':' + std::to_string(each.seq) + ' ' + each.error + " for " +
                std::to_string(std::chrono::floor<std::chrono::seconds>(now - each.since).count()) + 's');
        return notes;
    }

    void refuse(std::int64_t seq, const std::string& error = "422", const std::string& account = "main")
    {
        events.refused(account, seq, error, now);
    }

    // The first look after a start has found nothing.
    void begin()
    {
        events.begin_anew(now);
        now += 10s;
        ASSERT_THAT(note().value(), IsEmpty());
        now += 1s;
    }

    StuckEvents::Time now{1h};
    StuckEvents events;
};

TEST_F(Stuck, IsNotedOnceWhenItHasLastedAndOnceWhenItIsOver)
{
    begin();
    refuse(7);
    EXPECT_FALSE(note()) << "whoever stumbles is no news";
    now += 6s;
    refuse(7);
    EXPECT_THAT(note().value(), ElementsAre("main:7 422 for 6s"));
    for (int tries = 0; tries < 100; ++tries, now += 60s)
    {
        refuse(7);
        EXPECT_FALSE(note());
    }
    events.acknowledged("main", 7);
    EXPECT_THAT(note().value(), IsEmpty());
    now += 60s;
    EXPECT_FALSE(note());
}

TEST_F(Stuck, NotesOfEachAccountTheEventThatHoldsItsPositionUp)
{
    begin();
    refuse(9);
    refuse(7);
    refuse(3, "413", "other");
    now += 5s;
    EXPECT_THAT(note().value(), ElementsAre("main:7 422 for 5s", "other:3 413 for 5s"));
    now += 5s;
    events.acknowledged("main", 8);
    EXPECT_THAT(note().value(), ElementsAre("main:9 422 for 10s", "other:3 413 for 10s"));
}

TEST_F(Stuck, IsNoneWhereThePositionGotPastInTime)
{
    begin();
    for (std::int64_t seq = 1; seq < 100; ++seq)
    {
        refuse(seq, "500");
        now += 4s;
        events.acknowledged("main", seq);
        EXPECT_FALSE(note());
    }
}

TEST_F(Stuck, IsForgottenWhereAPersonHasMovedThePosition)
{
    begin();
    refuse(7);
    now += 5s;
    ASSERT_TRUE(note());
    now += 5s;
    events.moved("main");
    EXPECT_THAT(note().value(), IsEmpty());
}

TEST_F(Stuck, IsNotedAtMostOnceASecondHoweverManyComeAndGo)
{
    begin();
    for (std::int64_t seq = 1; seq <= 1'000; ++seq)
        refuse(seq);
    now += 5s;
    int notes = 0;
    for (std::int64_t seq = 1; seq < 1'000; ++seq, now += 10ms)
    {
        notes += note() ? 1 : 0;
        events.acknowledged("main", seq);
    }
    EXPECT_LE(notes, 11);
}

TEST_F(Stuck, IsRewordedOnceAMinuteAtMost)
{
    begin();
    refuse(7, "422");
    now += 5s;
    ASSERT_TRUE(note());
    now += 30s;
    refuse(7, "503");
    EXPECT_FALSE(note());
    now += 30s;
    EXPECT_THAT(note().value(), ElementsAre("main:7 503 for 65s"));
}

// What another process noted is left until it was tried again, and then goes or stays.
TEST_F(Stuck, SaysNothingAfterAStartBeforeAllWasTriedAgain)
{
    events.begin_anew(now);
    refuse(7);
    now += 9s;
    EXPECT_FALSE(note());
    now += 1s;
    EXPECT_THAT(note().value(), ElementsAre("main:7 422 for 10s"));
}

} // namespace
} // namespace simsync::test
