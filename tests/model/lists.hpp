// Lists of ids, the fleets that know them and the API that pages them, for the tests of the sweep.
#pragma once

#include "model/fleet.hpp"
#include "model/page_request.hpp"
#include "simsync/model/page.hpp"

#include "model/sims.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::test
{

using Ids = std::vector<std::string>;

constexpr std::uint32_t sweep_number = 7; // of the sweep under test; earlier ones have smaller numbers

// `count` ids in the list's order, from `first` on.
inline Ids ids(int first, int count)
{
    Ids ids;
    for (int i = 0; i < count; ++i)
        ids.push_back(std::to_string(1000 + first + i));
    return ids;
}

inline Ids joined(Ids left, const Ids& right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

using Rule = std::function<bool(std::string_view, std::string_view)>; // which of two ids is the smaller

inline bool as_text(std::string_view left, std::string_view right)
{
    return left < right;
}

inline bool as_numbers(std::string_view left, std::string_view right)
{
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

// What an API answers that holds this list, gives at most `cap` rows at once and compares ids by `rule`.
inline Page
answer(const Ids& list, const PageRequest& request, std::uint64_t cap = 1000, const Rule& rule = as_text)
{
    Ids rows;
    for (const auto& id : list)
        if (!request.by_key() || rule(request.pivot, id) == (request.way == PageRequest::Way::after))
            rows.push_back(id);
    if (request.way == PageRequest::Way::upto)
        std::ranges::reverse(rows);
    const auto from = std::min<std::uint64_t>(request.offset, rows.size());
    const auto count = std::min({request.limit, cap, rows.size() - from});
    const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(from);
    return page({begin, begin + static_cast<std::ptrdiff_t>(count)});
}

// The fleet as the mirror knows it before the sweep, with the content that `observed_sim` shows.
inline Fleet known(const Ids& list)
{
    Fleet fleet;
    for (const auto& id : list)
        fleet.mark_seen(fleet.remember(id, observed_sim(id).fingerprint), sweep_number - 1);
    return fleet;
}

// What the sweep under test has seen, in the order of text.
inline Ids seen(const Fleet& fleet)
{
    Ids seen;
    fleet.each(
        [&](Fleet::Place place)
        {
            if (fleet.seen_in(place) == sweep_number)
                seen.emplace_back(fleet.id(place));
        });
    std::ranges::sort(seen);
    return seen;
}

inline Ids changed_ids(const std::vector<ObservedSim>& observed_sims)
{
    Ids changed_ids;
    for (const auto& each : observed_sims)
        changed_ids.push_back(each.sim.id);
    return changed_ids;
}

} // namespace simsync::test
