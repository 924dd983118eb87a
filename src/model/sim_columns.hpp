// The one list of a SIM's columns. Whoever needs all of them visits it: the fingerprint, the diff, the rows
// of `simsync.sim`, what the API is asked for and how its answer is read, filters, JSON. What else a new
// column touches is in src/README.md, "To add something".
#pragma once

#include "simsync/model/event.hpp"
#include "simsync/model/sim.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace simsync
{

// Where an answer of the API holds a value, in the words of its reference.
struct ApiField
{
    std::string_view
        group; // the object or list that holds it: "resource"; empty for a field of the SIM itself
    std::string_view name;  // "dataBalance"; empty for a column of our own
    std::string_view label; // the API's own name where somebody reads it alone: "currentTariff.name", "fmcs"

    // The key under which a SIM holds it, directly or in a group.
    constexpr std::string_view outer() const { return group.empty() ? name : group; }
};

// The kinds of event that a change of a column makes.
struct ChangeKinds
{
    std::optional<Kind> kind{};     // of a flag: it became true; of numbers: one came. Empty: none
    std::optional<Kind> opposite{}; // of a flag: it became false; of numbers: one went
};

namespace sim_column_list
{

template<class Value>
struct Row
{
    using Stored = Value;

    Value Sim::*member;
    std::string_view name; // as in `simsync.sim`
    ApiField field;
    ChangeKinds emitted;
    // A blink of null is no news of it: what it was last is kept here.
    Value LastKnown::*last_known = nullptr;
};
template<class Value, class... Rest>
Row(Value Sim::*, Rest...) -> Row<Value>;

constexpr ApiField field(std::string_view name)
{
    return {{}, name, name};
}

constexpr ApiField field_in(std::string_view group, std::string_view name, std::string_view label = {})
{
    return {group, name, label.empty() ? name : label};
}

// A list of objects, one number each.
constexpr ApiField numbers_in(std::string_view group)
{
    return {group, "msisdn", group};
}

constexpr ApiField our_own{};

constexpr ChangeKinds not_emitted{};
constexpr ChangeKinds attribute{Kind::attributes_changed};

constexpr ChangeKinds emitted_as(Kind kind)
{
    return {kind};
}

constexpr ChangeKinds emitted_as(Kind kind, Kind opposite)
{
    return {kind, opposite};
}

using enum Kind;

// In the order of the table, of the members and of the bytes that fingerprints are taken of: a line that
// moves gives every SIM another fingerprint. The key comes first.
inline constexpr std::tuple rows{
    Row{&Sim::id, "id", field("id"), not_emitted},
    Row{&Sim::iccid_plastic, "iccid_plastic", field("iccidPlastic"), attribute},
    Row{&Sim::sim_id, "sim_id", field("simId"), attribute},
    Row{&Sim::is_blocked, "is_blocked", field("isBlocked"), emitted_as(sim_blocked, sim_unblocked),
        &LastKnown::is_blocked},
    Row{&Sim::allow_free_caller_id_change, "allow_free_caller_id_change", field("allowFreeCallerIdChange"),
        attribute},
    Row{&Sim::allow_free_voice_substitution, "allow_free_voice_substitution",
        field("allowFreeVoiceSubstitution"), attribute},
    Row{&Sim::balance, "balance", field_in("resource", "balance"), emitted_as(balance_changed),
        &LastKnown::balance},
    Row{&Sim::data_balance, "data_balance", field_in("resource", "dataBalance"),
        emitted_as(data_balance_changed)},
    Row{&Sim::fmcs, "fmcs", numbers_in("fmcs"), emitted_as(fmc_attached, fmc_detached)},
    Row{&Sim::caller_ids, "caller_ids", numbers_in("callerIds"),
        emitted_as(caller_id_attached, caller_id_detached)},
    Row{&Sim::external_msisdns, "external_msisdns", numbers_in("externalMsisdns"),
        emitted_as(did_attached, did_detached)},
    Row{&Sim::tariff_name, "tariff_name", field_in("currentTariff", "name", "currentTariff.name"),
        emitted_as(tariff_changed)},
    Row{&Sim::tariff_type, "tariff_type", field_in("currentTariff", "tariffType"),
        emitted_as(tariff_changed)},
    Row{&Sim::tariff_package_total_calls_max_duration, "tariff_package_total_calls_max_duration",
        field_in("currentTariff", "packageTotalCallsMaxDuration"), emitted_as(tariff_changed)},
    Row{&Sim::profile, "profile", field("profile"), attribute},
    Row{&Sim::description, "description", field("description"), attribute},
    Row{&Sim::latest_activity, "latest_activity", field("latestActivity"), not_emitted},
    Row{&Sim::tariff_expires_at, "tariff_expires_at", field("tariffExpiresAt"),
        emitted_as(tariff_expiry_changed)},
    Row{&Sim::imei, "imei", field_in("imei", "imei"), emitted_as(imei_changed)},
    Row{&Sim::imei_is_correct, "imei_is_correct", field_in("imei", "imeiIsCorrect"),
        emitted_as(imei_matched, imei_mismatched), &LastKnown::imei_is_correct},
    Row{&Sim::is_archived, "is_archived", field("isArchived"), emitted_as(sim_archived, sim_unarchived),
        &LastKnown::is_archived},
    Row{&Sim::undecoded, "undecoded", our_own, not_emitted},
};

} // namespace sim_column_list

inline constexpr std::size_t sim_column_count = std::tuple_size_v<decltype(sim_column_list::rows)>;

// One column, as a type: all that the list says of it is known while compiling.
template<std::size_t at>
struct SimColumn
{
    static constexpr const auto& row = std::get<at>(sim_column_list::rows);
    using Value = typename std::remove_cvref_t<decltype(row)>::Stored;

    static constexpr std::size_t place = at; // in the list
    static constexpr std::string_view name = row.name;
    static constexpr ApiField field = row.field;
    static constexpr ChangeKinds emitted = row.emitted;
    static constexpr Value LastKnown::*last_known = row.last_known;

    static constexpr bool is_key = place == 0;
    static constexpr bool is_asked_for = !field.name.empty(); // else simsync fills it by itself
    static constexpr bool holds_numbers = std::is_same_v<Value, std::vector<std::string>>;

    static constexpr const Value& of(const Sim& sim) { return sim.*(row.member); }
    static constexpr Value& of(Sim& sim) { return sim.*(row.member); }
};

// Calls `visit` with each of these places' columns (`SimColumn<place>{}`), in the order of `places`, a
// constant array. It unrolls into what one would write by hand.
template<auto places, class Visit>
constexpr void each_column_at(Visit&& visit)
{
    [&]<std::size_t... i>(std::index_sequence<i...>)
    { (visit(SimColumn<places[i]>{}), ...); }(std::make_index_sequence<places.size()>{});
}

inline constexpr auto all_sim_columns = []
{
    std::array<std::size_t, sim_column_count> places{};
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i] = i;
    return places;
}();

// Each column, in the table's order.
template<class Visit>
constexpr void each_sim_column(Visit&& visit)
{
    each_column_at<all_sim_columns>(visit);
}

template<class Value>
constexpr std::size_t place_of(Value Sim::*member)
{
    std::size_t place = sim_column_count;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (std::is_same_v<typename Column::Value, Value>)
                if (Column::row.member == member)
                    place = Column::place;
        });
    return place;
}

// The columns that hold fields of the API, in the order of its reference. It is the table's, but that a
// tariff's package comes before its type.
inline constexpr auto reference_order = []
{
    constexpr std::size_t fields = []
    {
        std::size_t count = 0;
        each_sim_column([&]<class Column>(Column) { count += Column::is_asked_for ? 1 : 0; });
        return count;
    }();
    std::array<std::size_t, fields> places{};
    std::size_t count = 0;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::is_asked_for)
                places[count++] = Column::place;
        });
    std::swap(
        places[place_of(&Sim::tariff_type)], places[place_of(&Sim::tariff_package_total_calls_max_duration)]);
    return places;
}();

namespace sim_column_list
{

// A Sim that grows does not compile before its new member stands in the list: first this lacks a name, then
// the list a line.
inline auto members_of(const Sim& sim)
{
    const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = sim;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v);
}

template<class... Values>
std::tuple<const Values&...> listed(const std::tuple<Row<Values>...>&);

using Members = decltype(members_of(std::declval<const Sim&>()));
static_assert(std::tuple_size_v<Members> == sim_column_count, "the list has a line for each member of Sim");

constexpr bool in_their_order = std::is_same_v<Members, decltype(listed(rows))>;
static_assert(in_their_order, "the list has the members of Sim in their order");

constexpr bool each_member_once()
{
    bool once = true;
    each_sim_column([&]<class Column>(Column)
                    { once = once && place_of(Column::row.member) == Column::place; });
    return once;
}
static_assert(each_member_once(), "a member stands in the list twice, another one not at all");

inline auto members_of(const LastKnown& known)
{
    const auto& [a, b, c, d] = known;
    return std::tie(a, b, c, d);
}

constexpr std::size_t columns_last_known()
{
    std::size_t count = 0;
    each_sim_column([&]<class Column>(Column) { count += Column::last_known != nullptr ? 1 : 0; });
    return count;
}
static_assert(
    columns_last_known() == std::tuple_size_v<decltype(members_of(std::declval<const LastKnown&>()))>,
    "each member of LastKnown is named by a line of the list");

} // namespace sim_column_list

} // namespace simsync
