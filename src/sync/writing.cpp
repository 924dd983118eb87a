// Stored rows, changes, rows, events. Calls sync/change_set.
#include "sync/writing.hpp"

#include "sync/waiting.hpp"

#include <iterator>

namespace simsync
{
namespace
{

// Events are told by many at once: while rows go in one after the other, the server never waits for us. What
// gathers is bounded, for a hostile API may have each SIM make several.
constexpr std::size_t most_events = 2'000;

std::vector<std::string> ids_of(std::span<const Sighting> seen)
{
    std::vector<std::string> ids;
    ids.reserve(seen.size());
    for (const auto& sighting : seen)
        ids.push_back(sighting.sim.id);
    return ids;
}

} // namespace

void Writing::write(std::span<const Sighting> seen, bool is_first_load)
{
    while (!seen.empty())
    {
        const auto some = some_of(seen);
        write_some(some, is_first_load);
        seen = seen.subspan(some.size());
    }
}

void Writing::write_some(std::span<const Sighting> seen, bool is_first_load)
{
    const auto stored = is_first_load ? std::vector<StoredSim>{} : transaction_.load(ids_of(seen));
    auto changes = decide_changes(seen, stored, rule_context_, context_);
    transaction_.insert(changes.inserts);
    transaction_.update(changes.updates);
    written_.added += changes.added;
    written_.changed += changes.changed;
    written_.deadlines |= changes.deadlines;
    std::ranges::move(changes.events, std::back_inserter(events_));
    if (events_.size() >= most_events)
        emit();
}

void Writing::emit()
{
    transaction_.append(events_);
    count(written_.events, events_);
    events_.clear();
}

Written Writing::flush()
{
    emit();
    return written_;
}

} // namespace simsync
