// What is told of two forms of one SIM, and that nothing is left untold.
#include "model/diff.hpp"

#include "model/any_sim.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

namespace simsync
{
namespace
{

using test::date;
using test::money;
using test::sim;
using testing::ElementsAre;
using testing::IsEmpty;

using Numbers = std::vector<std::string>;

template<class T>
Sim with(Sim sim, T Sim::*member, T value)
{
    sim.*member = std::move(value);
    return sim;
}

Sim blocked(std::optional<bool> is_blocked)
{
    return with(sim("1"), &Sim::is_blocked, is_blocked);
}

Change change(Kind kind, Fields before, Fields after)
{
    return {kind, std::move(before), std::move(after)};
}

std::vector<Kind> kinds(const Sim& stored, const Sim& seen)
{
    std::vector<Kind> kinds;
    for (const auto& each : diff(stored, seen))
        kinds.push_back(each.kind);
    return kinds;
}

TEST(Diff, NothingIsToldOfASimThatIsTheSame)
{
    EXPECT_THAT(diff(sim("1"), sim("1")), IsEmpty());
}

TEST(Diff, AFlagThatFlipsIsToldByItsOwnName)
{
    EXPECT_THAT(
        diff(blocked(false), blocked(true)),
        ElementsAre(change(Kind::sim_blocked, {{"is_blocked", false}}, {{"is_blocked", true}})));
    EXPECT_THAT(kinds(blocked(true), blocked(false)), ElementsAre(Kind::sim_unblocked));

    const auto archived = with<std::optional<bool>>(sim("1"), &Sim::is_archived, true);
    const auto in_use = with<std::optional<bool>>(sim("1"), &Sim::is_archived, false);
    EXPECT_THAT(kinds(in_use, archived), ElementsAre(Kind::sim_archived));
    EXPECT_THAT(kinds(archived, in_use), ElementsAre(Kind::sim_unarchived));

    const auto correct = with<std::optional<bool>>(sim("1"), &Sim::imei_is_correct, true);
    const auto wrong = with<std::optional<bool>>(sim("1"), &Sim::imei_is_correct, false);
    EXPECT_THAT(kinds(correct, wrong), ElementsAre(Kind::imei_mismatched));
    EXPECT_THAT(kinds(wrong, correct), ElementsAre(Kind::imei_matched));
}

TEST(Diff, AFlagThatWasUnknownIsToldByItsOwnName)
{
    EXPECT_THAT(
        diff(blocked({}), blocked(true)),
        ElementsAre(change(Kind::sim_blocked, {{"is_blocked", {}}}, {{"is_blocked", true}})));
}

TEST(Diff, AFlagThatBecomesUnknownIsNoFlip)
{
    EXPECT_THAT(
        diff(blocked(true), blocked({})),
        ElementsAre(change(Kind::attributes_changed, {{"is_blocked", true}}, {{"is_blocked", {}}})));
}

TEST(Diff, AmountsAreToldBeforeAndAfter)
{
    const auto stored = with<std::optional<Money>>(sim("1"), &Sim::balance, money("5"));
    const auto seen = with<std::optional<Money>>(sim("1"), &Sim::balance, money("4.99"));
    EXPECT_THAT(
        diff(stored, seen),
        ElementsAre(change(Kind::balance_changed, {{"balance", money("5")}}, {{"balance", money("4.99")}})));

    const auto data = with<std::optional<Money>>(sim("1"), &Sim::data_balance, money("0"));
    EXPECT_THAT(
        diff(sim("1"), data),
        ElementsAre(
            change(Kind::data_balance_changed, {{"data_balance", {}}}, {{"data_balance", money("0")}})));
}

TEST(Diff, AnAmountWrittenDifferentlyIsTheSame)
{
    const auto stored = with<std::optional<Money>>(sim("1"), &Sim::balance, money("5"));
    const auto seen = with<std::optional<Money>>(sim("1"), &Sim::balance, money("5.00"));
    EXPECT_THAT(diff(stored, seen), IsEmpty());
}

TEST(Diff, AllOfATariffIsOneChange)
{
    auto stored = sim("1");
    stored.tariff_name = "Start";
    stored.tariff_type = "PREPAID_PACKAGE";
    auto seen = stored;
    seen.tariff_name = "Pro";
    seen.tariff_package_total_calls_max_duration = 600;
    EXPECT_THAT(
        diff(stored, seen),
        ElementsAre(change(
            Kind::tariff_changed,
            {{"tariff_name", std::string("Start")}, {"tariff_package_total_calls_max_duration", {}}},
            {{"tariff_name", std::string("Pro")},
             {"tariff_package_total_calls_max_duration", std::int64_t{600}}})));
}

TEST(Diff, ADeadlineIsToldApartFromItsTariff)
{
    auto stored = sim("1");
    stored.tariff_name = "Start";
    stored.tariff_expires_at = date("2026-03-01");
    auto seen = stored;
    seen.tariff_expires_at = date("2026-04-01");
    EXPECT_THAT(
        diff(stored, seen), ElementsAre(change(
                                Kind::tariff_expiry_changed, {{"tariff_expires_at", date("2026-03-01")}},
                                {{"tariff_expires_at", date("2026-04-01")}})));
}

TEST(Diff, NumbersAreToldOneByOneWithoutAGapInTheChain)
{
    const auto stored = with<Numbers>(sim("1"), &Sim::caller_ids, {"100", "101"});
    const auto seen = with<Numbers>(sim("1"), &Sim::caller_ids, {"101", "102", "103"});
    const auto list = [](Numbers numbers) { return Fields{{"caller_ids", std::move(numbers)}}; };
    EXPECT_THAT(
        diff(stored, seen),
        ElementsAre(
            Change{Kind::caller_id_detached, list({"100", "101"}), list({"101"}), "100"},
            Change{Kind::caller_id_attached, list({"101"}), list({"101", "102"}), "102"},
            Change{Kind::caller_id_attached, list({"101", "102"}), list({"101", "102", "103"}), "103"}));
}

TEST(Diff, EveryListHasItsOwnKinds)
{
    const Numbers some{"100"};
    EXPECT_THAT(
        kinds(sim("1"), with(sim("1"), &Sim::external_msisdns, some)), ElementsAre(Kind::did_attached));
    EXPECT_THAT(
        kinds(with(sim("1"), &Sim::external_msisdns, some), sim("1")), ElementsAre(Kind::did_detached));
    EXPECT_THAT(kinds(sim("1"), with(sim("1"), &Sim::fmcs, some)), ElementsAre(Kind::fmc_attached));
    EXPECT_THAT(kinds(with(sim("1"), &Sim::fmcs, some), sim("1")), ElementsAre(Kind::fmc_detached));
    EXPECT_THAT(
        kinds(with(sim("1"), &Sim::caller_ids, some), sim("1")), ElementsAre(Kind::caller_id_detached));
}

TEST(Diff, AnImeiIsToldWithItsVerdict)
{
    auto stored = sim("1");
    stored.imei = "350000000000001";
    stored.imei_is_correct = true;
    auto seen = stored;
    seen.imei = "350000000000002";
    seen.imei_is_correct = false;
    EXPECT_THAT(kinds(stored, seen), ElementsAre(Kind::imei_changed, Kind::imei_mismatched));
}

TEST(Diff, OtherAttributesAreOneChange)
{
    auto seen = sim("1");
    seen.iccid_plastic = "8970100000000000001";
    seen.sim_id = "77";
    seen.allow_free_caller_id_change = true;
    seen.allow_free_voice_substitution = false;
    seen.profile = "S1";
    seen.description = "tag";
    EXPECT_THAT(
        diff(sim("1"), seen), ElementsAre(change(
                                  Kind::attributes_changed,
                                  {{"iccid_plastic", {}},
                                   {"sim_id", {}},
                                   {"allow_free_caller_id_change", {}},
                                   {"allow_free_voice_substitution", {}},
                                   {"profile", {}},
                                   {"description", {}}},
                                  {{"iccid_plastic", *seen.iccid_plastic},
                                   {"sim_id", *seen.sim_id},
                                   {"allow_free_caller_id_change", true},
                                   {"allow_free_voice_substitution", false},
                                   {"profile", *seen.profile},
                                   {"description", *seen.description}})));
}

TEST(Diff, ActivityAloneIsNotTold)
{
    const auto active = with<std::optional<Timestamp>>(sim("1"), &Sim::latest_activity, date("2026-03-01"));
    EXPECT_THAT(diff(sim("1"), active), IsEmpty());
    EXPECT_THAT(diff(active, sim("1")), IsEmpty());
}

TEST(Diff, TextThatFitsNoColumnIsNotTold)
{
    auto odd = sim("1");
    odd.undecoded = {{"balance", "\"many\""}};
    EXPECT_THAT(diff(sim("1"), odd), IsEmpty());
}

TEST(Diff, ChangesComeInTheOrderOfTheirKinds)
{
    auto stored = sim("1");
    stored.caller_ids = stored.external_msisdns = stored.fmcs = {"1"};
    auto seen = sim("1");
    seen.is_blocked = seen.is_archived = true;
    seen.balance = seen.data_balance = money("1");
    seen.tariff_name = seen.imei = seen.profile = "new";
    seen.tariff_expires_at = date("2026-03-01");
    seen.imei_is_correct = false;
    EXPECT_THAT(
        kinds(stored, seen),
        ElementsAre(
            Kind::sim_blocked, Kind::sim_archived, Kind::balance_changed, Kind::data_balance_changed,
            Kind::tariff_changed, Kind::tariff_expiry_changed, Kind::caller_id_detached, Kind::did_detached,
            Kind::fmc_detached, Kind::imei_changed, Kind::imei_mismatched, Kind::attributes_changed));
}

using Columns = std::map<std::string, Value>;

Columns columns(const Sim& sim)
{
    Columns columns;
    for (const auto& field : all_fields(sim))
        columns[field.column] = field.value;
    return columns;
}

void overlay(Columns& columns, const Fields& fields)
{
    for (const auto& field : fields)
        columns.at(field.column) = field.value;
}

bool holds(const Columns& columns, const Fields& fields)
{
    return std::ranges::all_of(
        fields, [&](const Field& field) { return columns.at(field.column) == field.value; });
}

TEST(AllFields, AreTheColumnsOfTheTableInItsOrder)
{
    std::vector<std::string> names;
    for (const auto& field : all_fields(sim("1")))
        names.push_back(field.column);
    EXPECT_THAT(
        names, ElementsAre(
                   "iccid_plastic", "sim_id", "is_blocked", "allow_free_caller_id_change",
                   "allow_free_voice_substitution", "balance", "data_balance", "fmcs", "caller_ids",
                   "external_msisdns", "tariff_name", "tariff_type",
                   "tariff_package_total_calls_max_duration", "profile", "description", "latest_activity",
                   "tariff_expires_at", "imei", "imei_is_correct", "is_archived"));
}

TEST(AllFields, HoldNullWhereTheApiHasNone)
{
    const auto none = columns(sim("1"));
    EXPECT_EQ(none.at("balance"), Value{});
    EXPECT_EQ(none.at("fmcs"), Value{Numbers{}});
}

RC_GTEST_PROP(Diff, ASimDoesNotDifferFromItself, ())
{
    const auto stored = test::any_sim("1");
    RC_ASSERT(diff(stored, stored).empty());
}

RC_GTEST_PROP(Diff, EveryChangeBeginsWhereTheOneBeforeEnded, ())
{
    const auto stored = test::any_sim("1");
    const auto seen = test::any_sim("1");
    auto known = columns(stored);
    for (const auto& each : diff(stored, seen))
    {
        RC_ASSERT(holds(known, each.before));
        RC_ASSERT(each.before != each.after);
        overlay(known, each.after);
    }
}

RC_GTEST_PROP(Diff, ApplyingItAndAskingAgainYieldsNothing, ())
{
    const auto stored = test::any_sim("1");
    const auto seen = test::any_sim("1");
    auto emitted = columns(stored);
    for (const auto& each : diff(stored, seen))
        overlay(emitted, each.after);

    auto applied = seen;
    applied.latest_activity = stored.latest_activity; // makes no event
    RC_ASSERT(emitted == columns(applied));
    RC_ASSERT(diff(applied, seen).empty());
}

RC_GTEST_PROP(Diff, KindsComeInTheirOwnOrder, ())
{
    const auto found = kinds(test::any_sim("1"), test::any_sim("1"));
    const auto group = [](Kind kind)
    {
        // Attached and detached of one list belong together.
        const bool list = kind >= Kind::caller_id_attached && kind <= Kind::fmc_detached;
        const auto number = static_cast<int>(kind);
        return list ? number - (number - static_cast<int>(Kind::caller_id_attached)) % 2 : number;
    };
    RC_ASSERT(std::ranges::is_sorted(found, {}, group));
}

RC_GTEST_PROP(Diff, ThereAndBackAreTheSameFields, ())
{
    const auto one = test::any_sim("1");
    const auto other = test::any_sim("1");
    const auto touched = [](const std::vector<Change>& changes)
    {
        std::map<std::string, std::size_t> times;
        for (const auto& each : changes)
            for (const auto& field : each.after)
                ++times[field.column];
        return times;
    };
    RC_ASSERT(touched(diff(one, other)) == touched(diff(other, one)));
}

} // namespace
} // namespace simsync
