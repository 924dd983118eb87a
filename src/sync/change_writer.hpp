// What was seen, as rows and events of one transaction.
#pragma once

#include "store/mirror.hpp"
#include "sync/change_set.hpp"

#include <span>
#include <vector>

namespace simsync
{

struct WriteCounts
{
    std::int64_t added = 0;
    std::int64_t changed = 0;
    EventCounts events;
    bool deadlines = false; // some are new: the expiry watcher has to look at them
};

// What one more commit makes of the sweep's row.
inline void add(SweepRecord& sweep, const WriteCounts& written)
{
    sweep.added += written.added;
    sweep.changed += written.changed;
    sweep.events += total(written.events);
}

// All refer to what must outlive it.
class ChangeWriter
{
public:
    ChangeWriter(Transaction& transaction, const RuleContext& rule_context, const EventContext& context)
        : transaction_(transaction),
          rule_context_(rule_context),
          context_(context)
    {
    }

    // Judges and writes, a bounded part at a time. `is_first_load`: no row is stored of any of them, so that
    // none is looked for.
    void write(std::span<const ObservedSim> seen, bool is_first_load);

    // Tells of what was written. Once, before the transaction ends.
    WriteCounts flush();

private:
    void write_some(std::span<const ObservedSim> seen, bool is_first_load);
    void emit();

    Transaction& transaction_;
    const RuleContext& rule_context_;
    const EventContext& context_;
    std::vector<Event> events_; // judged, not yet told
    WriteCounts counts_;
};

} // namespace simsync
