// What accounts are told of their leases, and which of them are handed over.
#include "daemon/account_shares.hpp"

#include <gmock/gmock.h>

#include <map>
#include <stdexcept>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr InstanceId us = 11;
constexpr InstanceId them = 22;

// Of two instances, with eight accounts.
class AccountSharesTest : public testing::Test
{
protected:
    struct Account
    {
        bool stands_by = true;
        bool led = false;
        bool idle = true;
        std::vector<std::string> told{};
    };

    AccountSharesTest()
    {
        for (const auto* name : {"a", "b", "c", "d", "e", "f", "g", "h"})
            accounts[name];
        for (auto& [name, account] : accounts)
            shares.add(watch(name, account));
        std::vector<std::string> names;
        for (const auto& [name, account] : accounts)
            names.push_back(name);
        shares.share(names, false);
        for (const auto& [name, share] : fair_shares(names, std::vector{us, them}))
            (share.owner == us ? ours : theirs).push_back(name);
    }

    static AccountWatch watch(const std::string& name, Account& account)
    {
        AccountWatch made;
        made.account = name;
        made.stands_by = [&account] { return account.stands_by; };
        made.lease = [&account](const std::optional<Lease>& lease)
        { account.told.push_back(lease ? lease->leader() : "free"); };
        made.lease_unknown = [&account](const std::exception_ptr&) { account.told.emplace_back("unknown"); };
        made.is_led = [&account] { return account.led; };
        made.is_idle = [&account] { return account.led && account.idle; };
        made.hand_over = [&account] { account.told.emplace_back("hand over"); };
        return made;
    }

    void look(std::vector<InstanceId> alive, const std::map<std::string, Lease>& leases)
    {
        LocksSeen seen{{us, std::move(alive), {}}, leases};
        for (const auto& [account, lease] : leases)
            seen.shares.led.insert(account);
        shares.saw(seen, now, shares.standing_by());
    }
    // And the other has stayed for long enough.
    void lead_all()
    {
        std::map<std::string, Lease> leases;
        for (auto& [name, account] : accounts)
        {
            account.led = true;
            account.stands_by = false;
            leases.emplace(name, Lease{"here", 1, true});
        }
        look({us, them}, leases);
        now += ShareKeeper::settled_after;
    }
    std::vector<std::string> told_to_hand_over() const
    {
        std::vector<std::string> told;
        for (const auto& [name, account] : accounts)
            if (!account.told.empty() && account.told.back() == "hand over")
                told.push_back(name);
        return told;
    }
    void give(const std::string& name)
    {
        accounts.at(name).led = false;
        shares.gave(name, now);
    }

    std::map<std::string, Account> accounts;
    std::vector<std::string> ours;
    std::vector<std::string> theirs;
    AccountShares shares;
    AccountShares::Time now{1h};
};

TEST_F(AccountSharesTest, WhoStandsByIsToldWhoLeadsOrThatItsLeaseIsOursToTake)
{
    look({us, them}, {{ours[0], {"there", 7}}, {ours[1], {"here", 1, true}}});
    EXPECT_THAT(accounts.at(ours[0]).told, ElementsAre("there (pid 7)"));
    EXPECT_THAT(accounts.at(ours[1]).told, IsEmpty()) << "the ledger names us, who do not lead it any more";
    EXPECT_THAT(accounts.at(ours[2]).told, ElementsAre("free"));
    EXPECT_THAT(accounts.at(theirs[0]).told, IsEmpty()) << "it is another's to take";
}

TEST_F(AccountSharesTest, WhoDoesNotStandByIsToldNothing)
{
    accounts.at(ours[0]).stands_by = false;
    const auto before = shares.standing_by();
    accounts.at(ours[0]).stands_by = true; // has begun to while we looked
    accounts.at(ours[1]).stands_by = false;
    shares.saw({{us, {us, them}, {}}, {}}, now, before);
    EXPECT_THAT(accounts.at(ours[0]).told, IsEmpty());
    EXPECT_THAT(accounts.at(ours[1]).told, IsEmpty());
    EXPECT_TRUE(shares.stands_by(ours[0]));
    EXPECT_FALSE(shares.stands_by(ours[1]));
    EXPECT_FALSE(shares.stands_by("unheard-of"));
}

TEST_F(AccountSharesTest, AFreeLeaseThatIsOursIsTriedForWithoutALook)
{
    EXPECT_FALSE(shares.heard_free(ours[0], now)) << "before the first look";
    look({us, them}, {{ours[0], {"there", 7}}, {theirs[0], {"there", 7}}});
    EXPECT_TRUE(shares.heard_free(ours[0], now));
    EXPECT_THAT(accounts.at(ours[0]).told, ElementsAre("there (pid 7)", "free"));
    EXPECT_FALSE(shares.heard_free(theirs[0], now)) << "who had it may have left: that a look shows";
    EXPECT_THAT(accounts.at(theirs[0]).told, ElementsAre("there (pid 7)"));
}

TEST_F(AccountSharesTest, OneIsHandedOverAfterTheOther)
{
    lead_all();
    shares.hand_over_one(now);
    shares.hand_over_one(now);
    auto told = told_to_hand_over();
    ASSERT_THAT(told, SizeIs(1));
    give(told[0]);
    shares.hand_over_one(now);
    EXPECT_THAT(told_to_hand_over(), SizeIs(1)) << "nobody has taken it yet";
    shares.heard_taken(told[0], now);
    EXPECT_THAT(told_to_hand_over(), SizeIs(2)) << "without a look";
    EXPECT_THAT(shares.take_news().free, ElementsAre(told[0]));
    EXPECT_TRUE(shares.news().empty());
}

TEST_F(AccountSharesTest, WhatIsSweptIsHandedOverAtTheEndOfItsSweep)
{
    lead_all();
    for (auto& [name, account] : accounts)
        account.idle = false;
    shares.hand_over_one(now);
    EXPECT_THAT(told_to_hand_over(), IsEmpty());
    EXPECT_FALSE(shares.begin_giving(ours[0], now));
    EXPECT_TRUE(shares.begin_giving(theirs[0], now));
    EXPECT_FALSE(shares.begin_giving(theirs[1], now)) << "one at a time";
}

TEST_F(AccountSharesTest, OthersAreToldOfWhatWeTookWhereThereAreOthers)
{
    look({us}, {});
    shares.took("a");
    EXPECT_THAT(shares.news().taken, IsEmpty());
    look({us, them}, {});
    shares.took("b");
    EXPECT_THAT(shares.take_news().taken, ElementsAre("b"));
}

TEST_F(AccountSharesTest, NothingIsKnownWithoutAConnection)
{
    look({us, them}, {});
    shares.lost_sight(std::make_exception_ptr(std::runtime_error("lost")));
    EXPECT_THAT(accounts.at(ours[0]).told, ElementsAre("free", "unknown"));
    EXPECT_FALSE(shares.heard_free(ours[0], now));
}

TEST_F(AccountSharesTest, OtherAccountsOrAnotherDatabaseAreSharedAnew)
{
    const auto names = shares.shared();
    look({us, them}, {});
    shares.share(names, false);
    EXPECT_EQ(shares.shares().alive(), 2U);
    shares.share({names.rbegin(), names.rend()}, false);
    EXPECT_EQ(shares.shares().alive(), 2U) << "in whatever order";
    shares.share(names, true);
    EXPECT_EQ(shares.shares().alive(), 0U);
    look({us, them}, {});
    shares.share({"a", "b"}, false);
    EXPECT_EQ(shares.shares().alive(), 0U);
}

} // namespace
} // namespace simsync
