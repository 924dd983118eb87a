#include "simulation/card.hpp"

namespace simsync::simulation
{

std::vector<Filter> Scope::filter() const
{
    if (!profile)
        return {};
    return {{"profile", Comparator::eq, *profile, Joint::all}};
}

bool Card::stays_since(Version since, const Scope& scope) const
{
    return !was_since(since, [&](const ObservedSim* state) { return scope.cover(state) == nullptr; });
}

bool Card::away_since(Version since, const Scope& scope) const
{
    return !was_since(since, [&](const ObservedSim* state) { return scope.cover(state) != nullptr; });
}

Account& Card::in_sweep(std::int64_t sweep)
{
    if (account.sweep != sweep)
        account = {.sweep = sweep};
    return account;
}

} // namespace simsync::simulation
