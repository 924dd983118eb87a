// Any SIM in canonical form, for properties. Every field is drawn from few values, so that two SIMs agree in
// some fields and differ in others.
#pragma once

#include "model/sims.hpp"

#include <rapidcheck.h>

#include <optional>
#include <set>

namespace simsync::test
{

template<class T>
std::optional<T> one_or_none(std::initializer_list<T> values)
{
    std::vector<std::optional<T>> choices(values.begin(), values.end());
    choices.push_back(std::nullopt);
    return *rc::gen::elementOf(choices);
}

inline std::optional<std::string> any_text()
{
    return one_or_none<std::string>({"", "a", "b"});
}

inline std::optional<bool> any_flag()
{
    return one_or_none({true, false});
}

inline std::optional<Money> any_money()
{
    return one_or_none({money("-1"), money("0"), money("4.99"), money("5"), money("5.5"), money("6")});
}

inline std::optional<Timestamp> any_date()
{
    return one_or_none({date("2026-03-01"), date("2026-03-02"), date("2026-04-01")});
}

// Sorted, without duplicates.
inline std::vector<std::string> any_numbers()
{
    const auto drawn = *rc::gen::container<std::vector<std::string>>(
        *rc::gen::inRange<std::size_t>(0, 6),
        rc::gen::element<std::string>("100", "101", "102", "1020", "2"));
    const std::set<std::string> numbers(drawn.begin(), drawn.end());
    return {numbers.begin(), numbers.end()};
}

inline Sim any_sim(std::string id)
{
    Sim any = sim(std::move(id));
    any.iccid_plastic = any_text();
    any.sim_id = any_text();
    any.is_blocked = any_flag();
    any.allow_free_caller_id_change = any_flag();
    any.allow_free_voice_substitution = any_flag();
    any.balance = any_money();
    any.data_balance = any_money();
    any.fmcs = any_numbers();
    any.caller_ids = any_numbers();
    any.external_msisdns = any_numbers();
    any.tariff_name = any_text();
    any.tariff_type = any_text();
    any.tariff_package_total_calls_max_duration = one_or_none<std::int64_t>({0, 60});
    any.profile = any_text();
    any.description = any_text();
    any.latest_activity = any_date();
    any.tariff_expires_at = any_date();
    any.imei = any_text();
    any.imei_is_correct = any_flag();
    any.is_archived = any_flag();
    return any;
}

} // namespace simsync::test
