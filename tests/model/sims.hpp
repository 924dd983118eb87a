// SIMs for the tests of the model, in one line each.
#pragma once

#include "simsync/model/page.hpp"
#include "simsync/model/sim.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::test
{

inline Sim sim(std::string id)
{
    Sim sim;
    sim.id = std::move(id);
    return sim;
}

inline Money money(std::string_view text)
{
    return Money::parse(text).value();
}

inline Timestamp date(std::string_view text)
{
    return parse_date(text).value();
}

// A SIM as an answer showed it; another version is another content.
inline ObservedSim observed_sim(std::string id, std::uint64_t version = 1)
{
    return {sim(std::move(id)), {version, 0}};
}

// An answer that holds these SIMs and nothing else.
inline Page page(const std::vector<std::string>& ids)
{
    Page page;
    for (const auto& id : ids)
        page.items.push_back(observed_sim(id));
    page.rows = ids.size();
    return page;
}

} // namespace simsync::test
