// Which leases an instance takes and which it gives back, told what the database shows.
#include "model/share_keeper.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace simsync
{
namespace
{

using testing::AllOf;
using testing::Ge;
using testing::Le;
using testing::Optional;
using namespace std::chrono_literals;

using Names = std::vector<std::string>;
using Time = ShareKeeper::Time;

constexpr InstanceId us = 11;
constexpr InstanceId them = 22;

// Two instances, four accounts, of which two belong to each; looks at whole seconds.
class ShareKeeperTest : public testing::Test
{
protected:
    ShareKeeperTest()
    {
        for (const auto& [account, share] : fair_shares(accounts, std::vector{us, them}))
            (share.owner == us ? ours : theirs).push_back(account);
    }

    void look(std::vector<InstanceId> alive, const Names& led)
    {
        keeper.saw({us, std::move(alive), {led.begin(), led.end()}}, now);
    }
    void look_after(std::chrono::milliseconds time, const Names& led)
    {
        now += time;
        look({us, them}, led);
    }

    // We lead all; the other has come, and stays.
    void lead_all()
    {
        look({us, them}, accounts);
        look_after(ShareKeeper::settled_after, accounts);
    }
    void give(const std::string& account)
    {
        keeper.gives(account);
        keeper.gave(account, now);
    }
    bool may_give(const std::string& account, Time when) const
    {
        return keeper.may_give(account, accounts, when);
    }
    Names all_but(const std::string& account) const
    {
        auto others = accounts;
        std::erase(others, account);
        return others;
    }

    Names accounts{"a", "b", "c", "d"};
    Names ours;
    Names theirs;
    Time now{1h};
    ShareKeeper keeper{accounts};
};

TEST_F(ShareKeeperTest, TakesNothingBeforeItHasLooked)
{
    EXPECT_FALSE(keeper.may_take("a", now));
    EXPECT_FALSE(may_give("a", now));
}

TEST_F(ShareKeeperTest, TakesEverythingAtOnceWhereItIsAlone)
{
    look({us}, {});
    for (const auto& account : accounts)
        EXPECT_TRUE(keeper.may_take(account, now)) << account;
    EXPECT_EQ(keeper.share(), 4u);
}

TEST_F(ShareKeeperTest, TakesWhatBelongsToItAtOnceAndNothingElse)
{
    look({us, them}, {});
    EXPECT_TRUE(keeper.may_take(ours.front(), now));
    EXPECT_FALSE(keeper.may_take(theirs.front(), now));
    EXPECT_FALSE(keeper.may_take("unknown", now));
}

TEST_F(ShareKeeperTest, TriesForNoLeaseThatSomebodyHolds)
{
    look({us, them}, accounts);
    EXPECT_FALSE(keeper.may_take(ours.front(), now));
}

TEST_F(ShareKeeperTest, TakesWhatItsOwnerLeavesFreeForTenSeconds)
{
    look({us, them}, {});
    EXPECT_FALSE(keeper.may_take(theirs.front(), now + 9'999ms));
    EXPECT_TRUE(keeper.may_take(theirs.front(), now + 10s));
    look_after(9s, {});
    EXPECT_TRUE(keeper.may_take(theirs.front(), now + 1s)) << "however often it is looked at meanwhile";
}

TEST_F(ShareKeeperTest, CountsThoseTenSecondsAnewWhereItWasTakenMeanwhile)
{
    look({us, them}, {});
    look_after(6s, accounts);
    look_after(3s, {});
    EXPECT_FALSE(keeper.may_take(theirs.front(), now + 9s));
    EXPECT_TRUE(keeper.may_take(theirs.front(), now + 10s));
}

TEST_F(ShareKeeperTest, TakesOverAtOnceWhatADeadInstanceLed)
{
    look({us, them}, accounts);
    look({us}, ours);
    EXPECT_TRUE(keeper.may_take(theirs.front(), now));
}

TEST_F(ShareKeeperTest, GivesWhatBelongsToAnotherOnceThatOneHasStayed)
{
    look({us, them}, accounts);
    EXPECT_EQ(keeper.choose(accounts, accounts, now + 4'999ms), std::nullopt);
    EXPECT_THAT(keeper.choose(accounts, accounts, now + 5s), Optional(theirs.front()));
    EXPECT_EQ(keeper.choose(accounts, ours, now + 5s), std::nullopt);
    EXPECT_FALSE(may_give(ours.front(), now + 5s));
}

TEST_F(ShareKeeperTest, WaitsAnewWhereAnInstanceComesAndGoesAllTheTime)
{
    for (int i = 0; i < 10; ++i)
    {
        look({us, them}, accounts);
        now += 3s;
        EXPECT_EQ(keeper.choose(accounts, accounts, now), std::nullopt);
        look({us}, accounts);
        now += 3s;
    }
}

TEST_F(ShareKeeperTest, GivesOneAtATime)
{
    lead_all();
    keeper.gives(theirs[0]);
    EXPECT_FALSE(may_give(theirs[1], now)) << "the first is not free yet";
    EXPECT_FALSE(keeper.awaits_taking());
    keeper.gave(theirs[0], now);
    EXPECT_TRUE(keeper.awaits_taking());
    EXPECT_FALSE(may_give(theirs[1], now)) << "the first is not taken yet";
    look_after(100ms, accounts);
    EXPECT_FALSE(keeper.awaits_taking());
    EXPECT_TRUE(may_give(theirs[1], now));
}

TEST_F(ShareKeeperTest, GivesTheNextAsSoonAsItHearsThatTheFirstWasTaken)
{
    lead_all();
    keeper.gives(theirs[0]);
    EXPECT_FALSE(keeper.heard_taken(theirs[0])) << "it is not free yet";
    keeper.gave(theirs[0], now);
    EXPECT_FALSE(keeper.heard_taken(theirs[1])) << "another";
    EXPECT_TRUE(keeper.awaits_taking());
    EXPECT_TRUE(keeper.heard_taken(theirs[0]));
    EXPECT_FALSE(keeper.awaits_taking());
    EXPECT_TRUE(may_give(theirs[1], now));
    EXPECT_FALSE(keeper.heard_taken(theirs[0])) << "once";
}

TEST_F(ShareKeeperTest, TakesWhatBelongsToItAsSoonAsItHearsThatItIsFree)
{
    EXPECT_FALSE(keeper.heard_free(ours[0], now)) << "before it has looked";
    look({us, them}, accounts);
    EXPECT_TRUE(keeper.heard_free(ours[0], now));
    EXPECT_TRUE(keeper.may_take(ours[0], now)) << "also a moment later, where it was not ready for it";
    EXPECT_FALSE(keeper.heard_free(theirs[0], now));
    EXPECT_FALSE(keeper.may_take(theirs[0], now));
    look_after(1s, accounts);
    EXPECT_FALSE(keeper.may_take(ours[0], now)) << "somebody was faster";
    keeper.lost_sight();
    EXPECT_FALSE(keeper.heard_free(ours[0], now));
}

TEST_F(ShareKeeperTest, ReadsNothingFromALookThatBeganBeforeItGave)
{
    lead_all();
    keeper.gives(theirs[0]);
    const auto asked = now;
    keeper.gave(theirs[0], now + 50ms);
    keeper.saw({us, {us, them}, {accounts.begin(), accounts.end()}}, asked);
    EXPECT_TRUE(keeper.awaits_taking()) << "what it shows is our own lease";
}

TEST_F(ShareKeeperTest, TakesBackWhatNobodyTookWithinFiveSeconds)
{
    lead_all();
    give(theirs[0]);
    look_after(4'999ms, all_but(theirs[0]));
    EXPECT_TRUE(keeper.awaits_taking());
    EXPECT_FALSE(keeper.may_take(theirs[0], now));
    look_after(1ms, all_but(theirs[0]));
    EXPECT_FALSE(keeper.awaits_taking());
    EXPECT_TRUE(keeper.may_take(theirs[0], now));
    look_after(1s, accounts);
    look_after(1s, all_but(theirs[0]));
    EXPECT_FALSE(keeper.may_take(theirs[0], now)) << "it was led since: it is its owner's turn";
}

TEST_F(ShareKeeperTest, GivesNothingForAWhileToWhomDidNotTake)
{
    lead_all();
    for (const auto rest : {10s, 20s, 40s})
    {
        give(theirs[0]);
        look_after(5s, all_but(theirs[0]));
        look_after(0ms, accounts); // taken back
        for (const auto& account : theirs)
        {
            EXPECT_FALSE(may_give(account, now + rest - 1ms)) << rest.count();
            EXPECT_TRUE(may_give(account, now + rest)) << rest.count();
        }
        now += rest;
    }
}

TEST_F(ShareKeeperTest, RestsHalfAnHourAtMostAndNotAtAllOnceSomethingWasTaken)
{
    lead_all();
    for (int i = 0; i < 40; ++i)
    {
        give(theirs[0]);
        look_after(5s, all_but(theirs[0]));
        look_after(0ms, accounts);
        now += 30min;
        ASSERT_TRUE(may_give(theirs[0], now)) << i;
    }
    give(theirs[0]);
    look_after(1s, accounts);
    give(theirs[1]);
    look_after(5s, all_but(theirs[1]));
    look_after(0ms, accounts);
    EXPECT_TRUE(may_give(theirs[1], now + 10s)) << "counted from the beginning";
}

TEST_F(ShareKeeperTest, TriesAnotherFirstThanTheOneThatWasNotTaken)
{
    lead_all();
    give(theirs[0]);
    look_after(5s, all_but(theirs[0]));
    look_after(30s, accounts);
    EXPECT_THAT(keeper.choose(accounts, accounts, now), Optional(theirs[1]));
}

TEST_F(ShareKeeperTest, KnowsNothingWithoutAConnection)
{
    lead_all();
    look_after(1s, {});
    keeper.lost_sight();
    EXPECT_EQ(keeper.share(), 0U);
    for (const auto& account : accounts)
    {
        EXPECT_FALSE(keeper.may_take(account, now + 1min)) << account;
        EXPECT_FALSE(may_give(account, now + 1min)) << account;
    }
    look_after(1s, {});
    EXPECT_TRUE(keeper.may_take(ours.front(), now));
    EXPECT_FALSE(keeper.may_take(theirs.front(), now + 9s)) << "seen free since that look only";
}

TEST_F(ShareKeeperTest, FindsWhatItGaveWhenItLostSight)
{
    lead_all();
    give(theirs[0]);
    keeper.lost_sight();
    EXPECT_FALSE(keeper.awaits_taking());
    look_after(1s, all_but(theirs[0]));
    EXPECT_TRUE(keeper.may_take(theirs[0], now)) << "nobody else may know that it is free";
    look_after(ShareKeeper::settled_after, accounts);
    EXPECT_TRUE(may_give(theirs[1], now)) << "nothing is under way any more";
}

// Of three accounts on two instances one is one more than everybody has.
TEST(ShareKeeperOfOneMore, LeavesItWhereItIs)
{
    const Names accounts{"a", "b", "c"};
    const Time now{1h};
    for (const auto self : {us, them})
    {
        ShareKeeper keeper(accounts);
        keeper.saw({self, {us, them}, {"a", "b", "c"}}, now);
        for (const auto& [account, share] : fair_shares(accounts, std::vector{us, them}))
            EXPECT_EQ(
                keeper.may_give(account, accounts, now + 5s), share.owner != self && !share.is_one_more);
    }
}

TEST(ShareKeeperOfOneAccount, LeavesItWhereItIs)
{
    const Names one{"main"};
    const Time now{1h};
    for (InstanceId other = 1; other < 20; ++other)
    {
        ShareKeeper keeper(one);
        keeper.saw({100, {100, other}, {"main"}}, now);
        EXPECT_EQ(keeper.choose(one, one, now + 1h), std::nullopt) << other;
    }
}

TEST(ShareKeeperOfSeveralOnes, KeepsOneOfThem)
{
    // Two accounts on three instances: one has none, and no other has both.
    const Names accounts{"a", "b"};
    const Time now{1h};
    int given = 0;
    for (const auto& [account, share] : fair_shares(accounts, std::vector<InstanceId>{1, 2, 3}))
    {
        ShareKeeper keeper(accounts);
        const auto self = share.owner == 1 ? InstanceId{2} : InstanceId{1};
        keeper.saw({self, {1, 2, 3}, {"a", "b"}}, now);
        EXPECT_FALSE(keeper.may_give(account, Names{account}, now + 5s));
        EXPECT_TRUE(keeper.may_give(account, accounts, now + 5s));
        ++given;
    }
    EXPECT_EQ(given, 2);
}

// Several instances over one table of locks, each looking when chance has it: whoever comes or goes, all
// accounts are led, each by one, and in the end evenly; nothing moves any more then.
struct World
{
    struct Instance
    {
        InstanceId id;
        ShareKeeper keeper;
    };

    std::vector<std::string> led_by(InstanceId id) const
    {
        std::vector<std::string> led;
        for (const auto& [account, leader] : leaders)
            if (leader == id)
                led.push_back(account);
        return led;
    }

    void turn(Instance& instance)
    {
        LeasesSeen seen{instance.id, {}, {}};
        for (const auto& each : instances)
            seen.alive.push_back(each.id);
        for (const auto& [account, leader] : leaders)
            seen.led.insert(account);
        instance.keeper.saw(seen, now);
        for (const auto& account : accounts)
            if (instance.keeper.may_take(account, now))
                leaders.try_emplace(account, instance.id);
        const auto led = led_by(instance.id);
        if (const auto account = instance.keeper.choose(led, led, now))
        {
            instance.keeper.gives(*account);
            leaders.erase(*account);
            instance.keeper.gave(*account, now);
            ++given;
        }
    }

    void run(std::chrono::milliseconds time)
    {
        for (const auto end = now + time; now < end; now += 250ms)
            for (auto& instance : instances)
                turn(instance);
    }

    void add(InstanceId id) { instances.push_back({id, ShareKeeper{accounts}}); }
    void remove(InstanceId id)
    {
        std::erase_if(instances, [id](const Instance& each) { return each.id == id; });
        std::erase_if(leaders, [id](const auto& each) { return each.second == id; });
    }

    std::vector<std::string> accounts;
    std::vector<Instance> instances;
    std::map<std::string, InstanceId> leaders;
    Time now{1h};
    int given = 0;
};

void expect_even(const World& world)
{
    EXPECT_EQ(world.leaders.size(), world.accounts.size());
    for (const auto& instance : world.instances)
    {
        const auto fair = world.accounts.size() / world.instances.size();
        EXPECT_THAT(world.led_by(instance.id).size(), AllOf(Ge(fair), Le(fair + 1)));
    }
}

TEST(ShareKeepers, AreEvenAMinuteAfterAnyOfThemComesOrGoesAndThenNothingMoves)
{
    std::minstd_rand draw{1}; // NOLINT(cert-msc32-c, cert-msc51-cpp)
    for (int story = 0; story < 8; ++story)
    {
        World world;
        for (auto count = 1 + draw() % 30; world.accounts.size() < count;)
            world.accounts.push_back("account-" + std::to_string(draw()));
        world.add(1);
        world.run(1s);
        for (InstanceId next = 2; next < 7; ++next)
        {
            if (world.instances.size() < 2 || draw() % 2 == 0)
                world.add(next);
            else
                world.remove(world.instances[draw() % world.instances.size()].id);
            world.run(60s);
            expect_even(world);
            const auto given = world.given;
            world.run(20s);
            EXPECT_EQ(world.given, given) << "what is even moves no more";
        }
    }
}

} // namespace
} // namespace simsync
