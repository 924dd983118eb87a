// Names of what rows hold by number.
#include "simsync/store/records.hpp"

#include "model/enum_table.hpp"

namespace simsync
{

namespace
{

constexpr std::array outcomes{
    Named{Outcome::running, "running"},
    Named{Outcome::complete, "complete"},
    Named{Outcome::incomplete, "incomplete"},
    Named{Outcome::failed, "failed"},
};
static_assert(follows_enumeration(outcomes, &Named<Outcome>::value, Outcome::failed));

} // namespace

std::string_view to_text(Outcome outcome)
{
    return row_of(outcomes, outcome).name;
}

std::string_view to_text(ConsumerState state)
{
    constexpr std::array<std::string_view, 3> names{"reads", "renumbered", "dropped"};
    return names.at(static_cast<std::size_t>(state));
}

} // namespace simsync
