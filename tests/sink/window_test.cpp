// Which events may be on their way together, and where the position is meanwhile.
#include "sink/event_records.hpp"
#include "sink/window.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Seqs = std::vector<std::int64_t>;
using namespace std::chrono_literals;

const Window::Time now{1h};

EventRecord of_sim(std::int64_t seq, const std::string& sim, const std::string& account = "main")
{
    return event(Kind::balance_changed, seq, sim, account);
}

EventRecord of_account(std::int64_t seq)
{
    return event(Kind::account_degraded, seq, std::nullopt);
}

Seqs seqs(const Window::Group& group)
{
    Seqs all;
    for (const auto& entry : group.entries)
        all.push_back(entry->event.seq);
    return all;
}

Seqs take(Window& window, std::vector<Window::Group>* groups = nullptr, Window::Time at = now)
{
    auto group = window.take(at);
    if (!group)
        return {};
    auto taken = seqs(*group);
    if (groups != nullptr)
        groups->push_back(std::move(*group));
    return taken;
}

TEST(Window, LetsOtherSimsPassOneThatIsOnItsWay)
{
    Window window(100, 1);
    for (const auto& [seq, sim] : {std::pair{1, "a"}, {2, "a"}, {3, "b"}, {4, "a"}, {5, "c"}})
        window.add(of_sim(seq, sim));
    std::vector<Window::Group> groups;
    EXPECT_EQ(take(window, &groups), Seqs{1});
    EXPECT_EQ(take(window, &groups), Seqs{3});
    EXPECT_EQ(take(window, &groups), Seqs{5});
    EXPECT_EQ(take(window), Seqs{});
    window.arrived(*groups[0].entries[0]);
    EXPECT_EQ(take(window), Seqs{2});
    EXPECT_EQ(take(window), Seqs{});
}

TEST(Window, IsDoneUpToTheFirstThatHasNotArrived)
{
    Window window(100, 1);
    for (std::int64_t seq = 11; seq <= 13; ++seq)
        window.add(of_sim(seq, "sim" + std::to_string(seq)));
    window.pass("main", 14);
    std::vector<Window::Group> groups;
    while (!take(window, &groups).empty())
        ;
    window.arrived(*groups[1].entries[0]);
    EXPECT_THAT(window.done(), IsEmpty());
    window.arrived(*groups[0].entries[0]);
    EXPECT_THAT(window.done(), ElementsAre(Pair("main", 12)));
    window.acknowledged("main", 12);
    EXPECT_THAT(window.done(), IsEmpty());
    window.arrived(*groups[2].entries[0]);
    EXPECT_THAT(window.done(), ElementsAre(Pair("main", 14)));
    EXPECT_EQ(window.size(), 0);
    EXPECT_EQ(window.on_their_way(), 0);
}

// Otherwise the position of a sink that wants none of them would never move.
TEST(Window, IsDoneAtOnceWithWhatIsNotToBeSent)
{
    Window window(100, 1);
    window.pass("main", 1);
    window.pass("main", 2);
    EXPECT_THAT(window.done(), ElementsAre(Pair("main", 2)));
    EXPECT_EQ(window.size(), 0);
}

// Some arrive while an acknowledgement is under way.
TEST(Window, IsStillToBeAcknowledgedBehindWhatWas)
{
    Window window(100, 1);
    window.pass("main", 1);
    window.pass("main", 2);
    window.acknowledged("main", 1);
    EXPECT_THAT(window.done(), ElementsAre(Pair("main", 2)));
}

TEST(Window, KeepsEachAccountsPositionForItself)
{
    Window window(100, 1);
    window.add(of_sim(1, "a", "main"));
    window.add(of_sim(7, "a", "other")); // another SIM that bears the same id
    std::vector<Window::Group> groups;
    EXPECT_EQ(take(window, &groups), Seqs{1});
    EXPECT_EQ(take(window, &groups), Seqs{7});
    window.arrived(*groups[1].entries[0]);
    EXPECT_THAT(window.done(), ElementsAre(Pair("other", 7)));
    EXPECT_THAT(window.entered(), ElementsAre(Pair("main", 1), Pair("other", 7)))
        << "also where it has arrived: it may not be acknowledged yet";
}

TEST(Window, KeepsAnAccountsOwnEventsInOrderAndLetsItsSimsPass)
{
    Window window(100, 1);
    window.add(of_account(1));
    window.add(of_account(2));
    window.add(of_sim(3, "a"));
    std::vector<Window::Group> groups;
    EXPECT_EQ(take(window, &groups), Seqs{1});
    EXPECT_EQ(take(window), Seqs{3});
    EXPECT_EQ(take(window), Seqs{});
    window.arrived(*groups[0].entries[0]);
    EXPECT_EQ(take(window), Seqs{2});
}

TEST(Window, OfOneLineSendsOneAfterTheOther)
{
    Window window(100, 1, WindowOrder::one_line);
    window.add(of_sim(1, "a"));
    window.add(of_sim(1, "b", "other"));
    std::vector<Window::Group> groups;
    EXPECT_EQ(take(window, &groups), Seqs{1});
    EXPECT_EQ(take(window), Seqs{});
    window.give_back(std::move(groups[0]), now + 1s);
    EXPECT_EQ(take(window), Seqs{});
    groups.clear();
    EXPECT_EQ(take(window, &groups, now + 1s), Seqs{1});
    window.arrived(*groups[0].entries[0]);
    groups.clear();
    take(window, &groups);
    EXPECT_EQ(groups.at(0).entries[0]->event.account, "other");
}

TEST(Window, HoldsTheSimOfOneThatWasRefusedAndNoOther)
{
    Window window(100, 1);
    window.add(of_sim(1, "a"));
    window.add(of_sim(2, "a"));
    window.add(of_sim(3, "b"));
    std::vector<Window::Group> groups;
    take(window, &groups);
    window.give_back(std::move(groups[0]), now + 5s);
    EXPECT_EQ(window.next_due(), now + 5s);
    EXPECT_EQ(take(window), Seqs{3});
    EXPECT_EQ(take(window), Seqs{});
    groups.clear();
    EXPECT_EQ(take(window, &groups, now + 5s), Seqs{1});
    EXPECT_EQ(groups[0].refusals, 1);
    window.arrived(*groups[0].entries[0]);
    EXPECT_EQ(take(window), Seqs{2});
}

TEST(Window, SendsWhatHasRestedInTheOrderOfTheLogAgain)
{
    Window window(100, 1);
    for (std::int64_t seq = 1; seq <= 4; ++seq)
        window.add(of_sim(seq, "sim" + std::to_string(seq)));
    std::vector<Window::Group> groups;
    for (int i = 0; i < 3; ++i)
        take(window, &groups);
    for (const auto i : {2, 0, 1})
        window.give_back(std::move(groups[static_cast<std::size_t>(i)]), now + 1s);
    for (std::int64_t seq = 1; seq <= 4; ++seq)
        EXPECT_EQ(take(window, nullptr, now + 1s), Seqs{seq});
}

TEST(Window, GroupsWhatMayGoTogetherSeveralOfASimInOrder)
{
    Window window(100, 3);
    for (const auto& [seq, sim] : {std::pair{1, "a"}, {2, "b"}, {3, "a"}, {4, "a"}, {5, "c"}, {6, "d"}})
        window.add(of_sim(seq, sim));
    std::vector<Window::Group> groups;
    EXPECT_EQ(take(window, &groups), (Seqs{1, 2, 3}));
    EXPECT_EQ(take(window, &groups), (Seqs{5, 6})); // 4 waits for 1 and 3
    window.arrived(*groups[0].entries[0]);
    EXPECT_EQ(take(window), Seqs{});
    window.arrived(*groups[0].entries[2]);
    EXPECT_EQ(take(window), Seqs{4});
}

TEST(Window, RepeatsAGroupAsItWas)
{
    Window window(100, 2);
    for (std::int64_t seq = 1; seq <= 3; ++seq)
        window.add(of_sim(seq, "sim" + std::to_string(seq)));
    std::vector<Window::Group> groups;
    EXPECT_EQ(take(window, &groups), (Seqs{1, 2}));
    window.give_back(std::move(groups[0]), now);
    window.add(of_sim(4, "sim4"));
    EXPECT_EQ(take(window), (Seqs{1, 2}));
    EXPECT_EQ(take(window), (Seqs{3, 4}));
}

// The second of a SIM whose first was refused out of one group.
TEST(Window, PutsBackWhatWaitsBehindOneOfItsGroup)
{
    Window window(100, 3);
    for (const auto& [seq, sim] : {std::pair{1, "a"}, {2, "a"}, {3, "a"}, {4, "a"}})
        window.add(of_sim(seq, sim));
    auto group = window.take(now).value();
    window.put_back(group.entries[1]);
    window.put_back(group.entries[2]);
    group.entries.resize(1);
    window.give_back(std::move(group), now + 1s);
    EXPECT_EQ(window.on_their_way(), 0);
    EXPECT_EQ(take(window), Seqs{});
    auto again = window.take(now + 1s).value();
    EXPECT_EQ(seqs(again), Seqs{1});
    window.arrived(*again.entries[0]);
    EXPECT_EQ(take(window), (Seqs{2, 3, 4}));
}

TEST(Window, LeavesHalfOfWhatIsFreeToOtherAccounts)
{
    Window window(16, 1);
    std::int64_t seq = 0;
    for (const auto* account : {"one", "two", "three", "four"})
    {
        EXPECT_GT(window.room(account), 0);
        while (window.room(account) > 0)
            window.add(of_sim(++seq, "a", account));
    }
    EXPECT_EQ(window.room("one"), 0);
    EXPECT_LT(window.size(), 16);
    EXPECT_GT(window.room_of_a_newcomer(), 0);
}

TEST(Window, HasRoomForOneAsLongAsThereIsAny)
{
    Window window(1, 1);
    EXPECT_EQ(window.room("main"), 1);
    EXPECT_EQ(window.room_of_a_newcomer(), 1);
    window.add(of_sim(1, "a"));
    EXPECT_EQ(window.room("main"), 0);
    EXPECT_EQ(window.room_of_a_newcomer(), 0);
}

TEST(Window, HasRoomAgainForWhatIsDone)
{
    Window window(8, 1);
    for (std::int64_t seq = 1; seq <= 4; ++seq)
        window.add(of_sim(seq, "sim" + std::to_string(seq)));
    EXPECT_EQ(window.room("main"), 0);
    std::vector<Window::Group> groups;
    take(window, &groups);
    take(window, &groups);
    window.arrived(*groups[1].entries[0]); // behind one that has not arrived: it is told again after a crash
    EXPECT_EQ(window.room("main"), 0);
    window.arrived(*groups[0].entries[0]);
    EXPECT_EQ(window.room("main"), 2);
}

TEST(Window, ForgetsAnAccountWhosePositionWasMoved)
{
    Window window(100, 1);
    window.add(of_sim(1, "a"));
    window.add(of_sim(2, "b"));
    window.add(of_sim(3, "c"));
    window.add(of_sim(9, "a", "other"));
    std::vector<Window::Group> groups;
    take(window, &groups); // 1 stays on its way
    take(window, &groups);
    window.give_back(std::move(groups[1]), now); // 2 rests
    window.forget("main");
    EXPECT_THAT(window.entered(), ElementsAre(Pair("other", 9)));
    EXPECT_EQ(take(window), Seqs{9});
    EXPECT_EQ(take(window), Seqs{});

    // Put back before 1: it is sent again, once what is on its way has arrived, which says nothing of it.
    window.add(of_sim(1, "a"));
    window.add(of_sim(2, "b"));
    EXPECT_EQ(take(window), Seqs{2});
    EXPECT_EQ(take(window), Seqs{});
    window.arrived(*groups[0].entries[0]);
    EXPECT_THAT(window.done(), IsEmpty());
    EXPECT_EQ(take(window), Seqs{1});
}

TEST(Window, DropsWhatAPersonHasSkippedAndTellsNothingTwice)
{
    Window window(100, 1);
    for (std::int64_t seq = 1; seq <= 5; ++seq)
        window.add(of_sim(seq, seq == 2 || seq == 4 ? "b" : "sim" + std::to_string(seq)));
    std::vector<Window::Group> groups;
    for (int i = 0; i < 4; ++i)
        take(window, &groups); // 1, 2, 3, 5
    window.arrived(*groups[2].entries[0]);
    window.arrived(*groups[3].entries[0]);
    window.give_back(std::move(groups[1]), now + 1h); // 2 is refused, and 4 waits behind it
    window.move("main", 2);
    EXPECT_THAT(window.done(), ElementsAre(Pair("main", 3)));
    groups.resize(1);
    EXPECT_EQ(take(window, &groups), Seqs{4});
    window.arrived(*groups[0].entries[0]); // 1, which was on its way when it was skipped
    window.arrived(*groups[1].entries[0]);
    EXPECT_THAT(window.done(), ElementsAre(Pair("main", 5)));
    EXPECT_EQ(window.size(), 0);
    EXPECT_EQ(window.next_due(), std::nullopt);
}

// What somebody has moved is not to be acknowledged by us, least of all further back.
TEST(Window, ForgetsHowFarItWasWhereAPositionWasMoved)
{
    for (const std::int64_t position : {3, 9})
    {
        Window window(100, 1);
        window.pass("main", 1);
        window.add(of_sim(2, "a"));
        window.add(of_sim(3, "a"));
        window.add(of_sim(4, "a"));
        ASSERT_THAT(window.done(), ElementsAre(Pair("main", 1)));
        window.move("main", position);
        EXPECT_THAT(window.done(), IsEmpty()) << position;
    }
}

TEST(Window, LeavesWhatIsOnItsWayOfOtherAccountsAloneWhereOneIsForgotten)
{
    Window window(100, 1);
    window.add(of_sim(1, "a"));
    window.add(of_sim(8, "b", "other"));
    window.add(of_sim(9, "b", "other"));
    std::vector<Window::Group> groups;
    take(window, &groups);
    EXPECT_EQ(take(window, &groups), Seqs{8});
    window.forget("main");
    EXPECT_EQ(take(window), Seqs{}) << "9 waits for 8";
    window.arrived(*groups[1].entries[0]);
    EXPECT_EQ(take(window), Seqs{9});
}

TEST(Window, SendsNothingOfAForgottenAccountThatComesBackUnsent)
{
    Window window(100, 2);
    window.add(of_sim(1, "a"));
    window.add(of_sim(2, "a"));
    const auto group = window.take(now).value();
    window.forget("main");
    window.put_back(group.entries[1]);
    window.arrived(*group.entries[0]);
    EXPECT_EQ(window.on_their_way(), 0);
    EXPECT_EQ(take(window), Seqs{});
}

TEST(Window, BeginsAnewWhereAPositionWasMovedElsewhere)
{
    for (const std::int64_t position : {1, 9, -1})
    {
        Window window(100, 1);
        window.add(of_sim(3, "a"));
        window.add(of_sim(4, "a"));
        window.move("main", position);
        EXPECT_EQ(window.size(), 0);
        EXPECT_THAT(window.entered(), IsEmpty());
        EXPECT_EQ(take(window), Seqs{});
    }
}

TEST(Window, ForgetsAllWithTheRightToDeliver)
{
    Window window(100, 2);
    for (std::int64_t seq = 1; seq <= 5; ++seq)
        window.add(of_sim(seq, "sim" + std::to_string(seq % 2)));
    auto group = window.take(now).value();
    window.forget_all();
    EXPECT_EQ(window.size(), 0);
    EXPECT_EQ(take(window), Seqs{});
    window.give_back(std::move(group), now);
    EXPECT_EQ(window.on_their_way(), 0);
    EXPECT_EQ(window.next_due(), std::nullopt);
    window.add(of_sim(1, "sim1"));
    EXPECT_EQ(take(window), Seqs{1});
}

// Whatever happens, and whenever a crash comes: a receiver has had each SIM's events in order and without a
// gap before it was told again, and nothing that was acknowledged is missing.
TEST(Window, KeepsItsPromisesWhateverHappens)
{
    for (unsigned seed = 0; seed < 200; ++seed)
    {
        std::mt19937 random(seed);
        const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
        Window window(4 + any(40), 1 + any(4));
        std::int64_t read = 0;
        std::int64_t acknowledged = 0;
        std::set<std::int64_t> had;
        std::map<std::string, std::int64_t> last; // of each SIM
        std::vector<Window::Group> groups;
        std::size_t orphans = 0; // groups that were on their way when all was forgotten: the first ones
        auto at = now;
        for (int step = 0; step < 500; ++step)
        {
            at += 1s;
            for (auto room = std::min(window.room("main"), any(5)); room > 0; --room)
            {
                ++read;
                if (any(8) == 0)
                {
                    had.insert(read);
                    window.pass("main", read);
                }
                else
                    window.add(of_sim(read, "sim" + std::to_string(read * 7 % 5)));
            }
            if (auto group = window.take(at))
                groups.push_back(std::move(*group));
            if (!groups.empty() && any(2) == 0)
            {
                const auto place = any(groups.size());
                auto group = std::move(groups[place]);
                groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(place));
                const bool is_orphan = place < orphans;
                orphans -= is_orphan ? 1 : 0;
                if (any(4) == 0)
                    window.give_back(std::move(group), at + std::chrono::seconds{any(9)});
                else
                    for (const auto& entry : group.entries)
                    {
                        window.arrived(*entry);
                        if (is_orphan)
                            continue;
                        auto& before = last[*entry->event.sim];
                        ASSERT_LT(before, entry->event.seq) << "seed " << seed;
                        before = entry->event.seq;
                        had.insert(entry->event.seq);
                    }
            }
            if (const auto done = window.done(); !done.empty() && any(3) == 0)
            {
                ASSERT_GT(done.at("main"), acknowledged);
                while (acknowledged < done.at("main"))
                    ASSERT_TRUE(had.contains(++acknowledged)) << "seed " << seed;
                window.acknowledged("main", acknowledged);
            }
            if (any(100) == 0) // a lock that was lost, or a person's step
            {
                window.forget_all();
                orphans = groups.size();
                read = acknowledged;
                last.clear();
                std::erase_if(had, [&](auto seq) { return seq > acknowledged; });
            }
        }
        ASSERT_GT(acknowledged, 50) << "seed " << seed;
    }
}

} // namespace
} // namespace simsync::test
