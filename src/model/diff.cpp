// The heart: two forms of one SIM in, named changes out.
#include "model/diff.hpp"

#include <algorithm>
#include <iterator>

namespace simsync
{
namespace
{

template<class T>
Value value_of(const std::optional<T>& stored)
{
    return stored ? Value{*stored} : Value{};
}

Value value_of(const std::vector<std::string>& numbers)
{
    return numbers;
}

// Gathers the columns that differ; what a kind covers is told by the calls to `compare`.
class Comparison
{
public:
    Comparison(const Sim& stored, const Sim& seen) : stored_(stored), seen_(seen) {}

    template<class T>
    Comparison& compare(std::string_view column, T Sim::*member)
    {
        if (stored_.*member != seen_.*member)
        {
            before_.push_back({std::string(column), value_of(stored_.*member)});
            after_.push_back({std::string(column), value_of(seen_.*member)});
        }
        return *this;
    }

    void report(Kind kind, std::vector<Change>& into)
    {
        if (!before_.empty())
            into.push_back({kind, std::move(before_), std::move(after_)});
    }

private:
    const Sim& stored_;
    const Sim& seen_;
    Fields before_;
    Fields after_;
};

struct Flag
{
    std::string_view column;
    std::optional<bool> Sim::*member;
    std::optional<bool> LastKnown::*known;
    Kind raised;
    Kind lowered;
};

template<class T>
const std::optional<T>& known_last(const std::optional<T>& stored, const std::optional<T>& last_known)
{
    return stored ? stored : last_known;
}

bool flips(const Flag& flag, const Sim& stored, const Sim& seen, const LastKnown& last_known)
{
    return seen.*flag.member && known_last(stored.*flag.member, last_known.*flag.known) != seen.*flag.member;
}

void report_flip(
    const Flag& flag, const Sim& stored, const Sim& seen, const LastKnown& last_known,
    std::vector<Change>& into)
{
    if (flips(flag, stored, seen, last_known))
        Comparison(stored, seen)
            .compare(flag.column, flag.member)
            .report(*(seen.*flag.member) ? flag.raised : flag.lowered, into);
}

using Numbers = std::vector<std::string>;

struct NumberList
{
    std::string_view column;
    Numbers Sim::*member;
    Kind attached;
    Kind detached;
};

Numbers only_in(const Numbers& these, const Numbers& those)
{
    Numbers missing;
    std::ranges::set_difference(these, those, std::back_inserter(missing));
    return missing;
}

Change step(Kind kind, std::string_view column, const Numbers& before, const Numbers& after)
{
    return {kind, {{std::string(column), before}}, {{std::string(column), after}}};
}

void report_numbers(const NumberList& list, const Sim& stored, const Sim& seen, std::vector<Change>& into)
{
    Numbers now = stored.*list.member;
    for (const auto& number : only_in(stored.*list.member, seen.*list.member))
    {
        Numbers next = now;
        next.erase(std::ranges::lower_bound(next, number));
        into.push_back(step(list.detached, list.column, now, next));
        now = std::move(next);
    }
    for (const auto& number : only_in(seen.*list.member, stored.*list.member))
    {
        Numbers next = now;
        next.insert(std::ranges::lower_bound(next, number), number);
        into.push_back(step(list.attached, list.column, now, next));
        now = std::move(next);
    }
}

constexpr Flag blocked{
    "is_blocked", &Sim::is_blocked, &LastKnown::is_blocked, Kind::sim_blocked, Kind::sim_unblocked};
constexpr Flag archived{
    "is_archived", &Sim::is_archived, &LastKnown::is_archived, Kind::sim_archived, Kind::sim_unarchived};
constexpr Flag imei_matches{
    "imei_is_correct", &Sim::imei_is_correct, &LastKnown::imei_is_correct, Kind::imei_matched,
    Kind::imei_mismatched};

constexpr NumberList caller_ids{
    "caller_ids", &Sim::caller_ids, Kind::caller_id_attached, Kind::caller_id_detached};
constexpr NumberList dids{"external_msisdns", &Sim::external_msisdns, Kind::did_attached, Kind::did_detached};
constexpr NumberList fmcs{"fmcs", &Sim::fmcs, Kind::fmc_attached, Kind::fmc_detached};

void report_attributes(
    const Sim& stored, const Sim& seen, const LastKnown& last_known, std::vector<Change>& into)
{
    Comparison others(stored, seen);
    others.compare("iccid_plastic", &Sim::iccid_plastic)
        .compare("sim_id", &Sim::sim_id)
        .compare("allow_free_caller_id_change", &Sim::allow_free_caller_id_change)
        .compare("allow_free_voice_substitution", &Sim::allow_free_voice_substitution)
        .compare("profile", &Sim::profile)
        .compare("description", &Sim::description);
    for (const auto& flag : {blocked, archived, imei_matches})
        if (!flips(flag, stored, seen, last_known))
            others.compare(flag.column, flag.member);
    others.report(Kind::attributes_changed, into);
}

// In the table's order.
template<class Visit>
void each_column(Visit visit)
{
    visit("iccid_plastic", &Sim::iccid_plastic);
    visit("sim_id", &Sim::sim_id);
    visit("is_blocked", &Sim::is_blocked);
    visit("allow_free_caller_id_change", &Sim::allow_free_caller_id_change);
    visit("allow_free_voice_substitution", &Sim::allow_free_voice_substitution);
    visit("balance", &Sim::balance);
    visit("data_balance", &Sim::data_balance);
    visit("fmcs", &Sim::fmcs);
    visit("caller_ids", &Sim::caller_ids);
    visit("external_msisdns", &Sim::external_msisdns);
    visit("tariff_name", &Sim::tariff_name);
    visit("tariff_type", &Sim::tariff_type);
    visit("tariff_package_total_calls_max_duration", &Sim::tariff_package_total_calls_max_duration);
    visit("profile", &Sim::profile);
    visit("description", &Sim::description);
    visit("latest_activity", &Sim::latest_activity);
    visit("tariff_expires_at", &Sim::tariff_expires_at);
    visit("imei", &Sim::imei);
    visit("imei_is_correct", &Sim::imei_is_correct);
    visit("is_archived", &Sim::is_archived);
}

} // namespace

std::vector<Change> diff(const Sim& stored, const Sim& seen, const LastKnown& last_known)
{
    std::vector<Change> changes;
    report_flip(blocked, stored, seen, last_known, changes);
    report_flip(archived, stored, seen, last_known, changes);
    Comparison(stored, seen).compare("balance", &Sim::balance).report(Kind::balance_changed, changes);
    Comparison(stored, seen)
        .compare("data_balance", &Sim::data_balance)
        .report(Kind::data_balance_changed, changes);
    Comparison(stored, seen)
        .compare("tariff_name", &Sim::tariff_name)
        .compare("tariff_type", &Sim::tariff_type)
        .compare("tariff_package_total_calls_max_duration", &Sim::tariff_package_total_calls_max_duration)
        .report(Kind::tariff_changed, changes);
    Comparison(stored, seen)
        .compare("tariff_expires_at", &Sim::tariff_expires_at)
        .report(Kind::tariff_expiry_changed, changes);
    for (const auto& list : {caller_ids, dids, fmcs})
        report_numbers(list, stored, seen, changes);
    Comparison(stored, seen).compare("imei", &Sim::imei).report(Kind::imei_changed, changes);
    report_flip(imei_matches, stored, seen, last_known, changes);
    report_attributes(stored, seen, last_known, changes);
    return changes;
}

LastKnown remembered(const Sim& stored, const LastKnown& last_known, const Sim& seen)
{
    LastKnown now;
    for (const auto& flag : {blocked, archived, imei_matches})
        if (!(seen.*flag.member))
            now.*flag.known = known_last(stored.*flag.member, last_known.*flag.known);
    if (!seen.balance)
        now.balance = known_last(stored.balance, last_known.balance);
    return now;
}

Sim with_stored(Sim seen, const Sim& stored, const std::vector<std::string>& columns)
{
    each_column(
        [&](const char* column, auto member)
        {
            if (std::ranges::find(columns, column) == columns.end())
                return;
            seen.*member = stored.*member;
            if (const auto text = stored.undecoded.find(column); text != stored.undecoded.end())
                seen.undecoded.insert(*text);
        });
    return seen;
}

Fields all_fields(const Sim& sim)
{
    Fields fields;
    each_column([&](const char* column, auto member) { fields.push_back({column, value_of(sim.*member)}); });
    return fields;
}

} // namespace simsync
