// The table of event kinds, written down a second time: who follows the log relies on names and severities.
#include "simsync/model/event.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace simsync
{
namespace
{

using testing::ElementsAreArray;
using testing::UnorderedElementsAre;

struct Promise
{
    std::string_view name;
    std::string_view severity;
};

// In the order of the README's "Events".
constexpr Promise documented[]{
    {"account.baselined", "info"},
    {"sim.added", "info"},
    {"sim.removed", "warning"},
    {"sim.restored", "info"},
    {"sim.blocked", "warning"},
    {"sim.unblocked", "info"},
    {"sim.archived", "info"},
    {"sim.unarchived", "info"},
    {"balance.changed", "info"},
    {"data_balance.changed", "info"},
    {"balance.low", "warning"},
    {"balance.recovered", "info"},
    {"balance.depleted", "critical"},
    {"tariff.changed", "info"},
    {"tariff.expiry_changed", "info"},
    {"tariff.expiring", "warning"},
    {"tariff.expired", "critical"},
    {"tariff.renewed", "info"},
    {"caller_id.attached", "info"},
    {"caller_id.detached", "info"},
    {"did.attached", "info"},
    {"did.detached", "info"},
    {"fmc.attached", "info"},
    {"fmc.detached", "info"},
    {"imei.changed", "warning"},
    {"imei.mismatched", "warning"},
    {"imei.matched", "info"},
    {"attributes.changed", "info"},
    {"action.confirmed", "info"},
    {"action.failed", "warning"},
    {"account.degraded", "critical"},
    {"account.recovered", "info"},
    {"account.auth_failed", "critical"},
    {"account.removals_held", "critical"},
    {"account.removals_released", "info"},
    {"account.schema_drift", "warning"},
    {"account.events_lost", "critical"},
};

std::vector<std::string_view> names()
{
    std::vector<std::string_view> names;
    for (const auto kind : all_kinds())
        names.push_back(to_text(kind));
    return names;
}

TEST(Kinds, AreTheDocumentedOnesInTheirOrder)
{
    std::vector<std::string_view> expected;
    for (const auto& each : documented)
        expected.push_back(each.name);
    EXPECT_THAT(names(), ElementsAreArray(expected));
}

TEST(Kinds, HaveTheDocumentedSeverity)
{
    for (const auto& each : documented)
        EXPECT_EQ(to_text(severity_of(kind_named(each.name).value())), each.severity) << each.name;
}

TEST(Kinds, AreFoundByTheirName)
{
    for (const auto kind : all_kinds())
        EXPECT_EQ(kind_named(to_text(kind)), kind);
    for (const auto* text : {"", "sim", "sim.", "SIM.ADDED", "sim_added", "sim.added ", "balance.lower"})
        EXPECT_FALSE(kind_named(text)) << text;
}

TEST(Causes, HaveTheNamesOfTheTable)
{
    EXPECT_EQ(to_text(Cause::sweep), "sweep");
    EXPECT_EQ(to_text(Cause::action), "action");
    EXPECT_EQ(to_text(Cause::clock), "clock");
    EXPECT_EQ(to_text(Cause::operator_), "operator");
    EXPECT_EQ(to_text(Cause::daemon), "daemon");
}

TEST(DedupKey, NamesAccountSimAndCondition)
{
    EXPECT_EQ(dedup_key(Kind::balance_low, "main", "1001"), "main:1001:balance.low");
}

TEST(DedupKey, OfAnAccountNamesNoSim)
{
    EXPECT_EQ(dedup_key(Kind::account_degraded, "main", {}), "main:account.degraded");
}

TEST(DedupKey, IsSharedByTheDocumentedPairsAndByNobodyElse)
{
    std::map<std::string, std::set<std::string_view>> sharing;
    for (const auto kind : all_kinds())
        if (const auto key = dedup_key(kind, "main", "1"))
            sharing[*key].insert(to_text(kind));

    std::vector<std::set<std::string_view>> groups;
    for (const auto& [key, group] : sharing)
        groups.push_back(group);
    using Group = std::set<std::string_view>;
    EXPECT_THAT(
        groups, UnorderedElementsAre(
                    Group{"balance.low", "balance.recovered"},
                    Group{"tariff.expiring", "tariff.expired", "tariff.renewed"},
                    Group{"sim.blocked", "sim.unblocked"}, Group{"account.degraded", "account.recovered"}));
}

TEST(DedupKey, TellsSimsAndAccountsApart)
{
    EXPECT_NE(dedup_key(Kind::sim_blocked, "main", "1"), dedup_key(Kind::sim_blocked, "main", "2"));
    EXPECT_NE(dedup_key(Kind::sim_blocked, "main", "1"), dedup_key(Kind::sim_blocked, "spare", "1"));
    EXPECT_NE(dedup_key(Kind::sim_blocked, "main", "1"), dedup_key(Kind::balance_low, "main", "1"));
}

TEST(Conditions, EndByOneKindEach)
{
    EXPECT_EQ(resolved_by(Kind::balance_low), Kind::balance_recovered);
    EXPECT_EQ(resolved_by(Kind::tariff_expiring), Kind::tariff_renewed);
    EXPECT_EQ(resolved_by(Kind::tariff_expired), Kind::tariff_renewed);
    EXPECT_EQ(resolved_by(Kind::sim_blocked), Kind::sim_unblocked);
    EXPECT_EQ(resolved_by(Kind::account_degraded), Kind::account_recovered);
    EXPECT_EQ(resolved_by(Kind::balance_depleted), std::nullopt);
    for (const auto kind : all_kinds())
        EXPECT_TRUE(!raises_condition(kind) || resolved_by(kind)) << to_text(kind);
}

} // namespace
} // namespace simsync
