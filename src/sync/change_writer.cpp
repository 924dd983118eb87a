// Stored rows, changes, rows, events.
#include "sync/change_writer.hpp"

#include "sync/commit_queue.hpp"

#include <iterator>

namespace simsync
{
namespace
{

// Events are told by many at once: while rows go in one after the other, the server never waits for us. What
// gathers is bounded, for a hostile API may have each SIM make several.
constexpr std::size_t most_events = 2'000;

std::vector<std::string> ids_of(std::span<const ObservedSim> seen)
{
    std::vector<std::string> ids;
    ids.reserve(seen.size());
    for (const auto& observed : seen)
        ids.push_back(observed.sim.id);
    return ids;
}

} // namespace

void ChangeWriter::write(std::span<const ObservedSim> seen, bool is_first_load)
{
    while (!seen.empty())
    {
        const auto some = some_of(seen);
        write_some(some, is_first_load);
        seen = seen.subspan(some.size());
    }
}

void ChangeWriter::write_some(std::span<const ObservedSim> seen, bool is_first_load)
{
    const auto stored = is_first_load ? std::vector<StoredSim>{} : transaction_.load(ids_of(seen));
    auto changes = decide_changes(seen, stored, rule_context_, context_);
    transaction_.insert(changes.inserts);
    transaction_.update(changes.updates);
    counts_.added += changes.added;
    counts_.changed += changes.changed;
    counts_.deadlines |= changes.deadlines;
    std::ranges::move(changes.events, std::back_inserter(events_));
    if (events_.size() >= most_events)
        emit();
}

void ChangeWriter::emit()
{
    transaction_.append(events_);
    count(counts_.events, events_);
    events_.clear();
}

WriteCounts ChangeWriter::flush()
{
    emit();
    return counts_;
}

} // namespace simsync
