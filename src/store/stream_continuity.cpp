#include "store/stream_continuity.hpp"

#include "simsync/model/rules.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

bool has_another_timeline(const NumberingFacts& facts)
{
    return facts.timeline_now && facts.timeline_now != facts.timeline_then;
}

std::int64_t last_that_may_have_been(const SeenEvents::Account& seen)
{
    return std::max(seen.committed, seen.attempted);
}

} // namespace

// A commit that was cut off may just not have happened; only on another timeline may it have happened and be
// lost. One that was seen must be there on any.
Numbering judge_numbering(const NumberingFacts& facts, const SeenEvents::Account& seen)
{
    if (!facts.begun) // with the account itself, where it had events
        return last_that_may_have_been(seen) > 0 ? Numbering::lost : Numbering::first;
    if (!facts.same_origin)
        return Numbering::restored;
    // A server that never had the stream lacks all of it: it followed one that had been replaced.
    if (!facts.knows_seen && last_that_may_have_been(seen) > facts.last_seq)
        return Numbering::lost;
    if (seen.stream_id == facts.stream_id)
    {
        if (seen.committed > facts.last_seq)
            return Numbering::lost;
        if (seen.attempted > facts.last_seq && has_another_timeline(facts))
            return Numbering::lost;
    }
    return has_another_timeline(facts) ? Numbering::promoted : Numbering::goes_on;
}

std::int64_t lost_upto(const NumberingFacts& facts, const SeenEvents::Account& seen)
{
    const bool may_be_lost = !facts.begun || !facts.knows_seen || has_another_timeline(facts);
    return may_be_lost ? last_that_may_have_been(seen) : seen.committed;
}

Event loss_event(
    const std::string& account, const NumberingFacts& facts, const SeenEvents::Account& seen,
    const std::string& stream_id, Timestamp now)
{
    EventContext context;
    context.account = account;
    context.observed_at = now;
    context.cause = Cause::daemon;
    auto event = account_event(
        Kind::account_events_lost, context,
        {{"stream_id", stream_id},
         {"first_lost", facts.last_seq + 1},
         {"last_lost", lost_upto(facts, seen)}});
    event.before = {{"stream_id", seen.stream_id}};
    return event;
}

std::string to_text(Numbering numbering)
{
    switch (numbering)
    {
    case Numbering::first:
        return "first";
    case Numbering::restored:
        return "restored";
    case Numbering::lost:
        return "lost";
    case Numbering::promoted:
        return "promoted";
    case Numbering::goes_on:
        break;
    }
    return "";
}

SeenEvents::Account& SeenEvents::in_stream(const std::string& account, const std::string& stream_id)
{
    auto& seen = accounts_[account];
    if (seen.stream_id != stream_id)
        seen = {stream_id, 0, 0};
    return seen;
}

void SeenEvents::committed(const std::string& account, const std::string& stream_id, std::int64_t seq)
{
    const std::scoped_lock lock(mutex_);
    auto& seen = in_stream(account, stream_id);
    seen.committed = std::max(seen.committed, seq);
}

void SeenEvents::attempted(const std::string& account, const std::string& stream_id, std::int64_t seq)
{
    const std::scoped_lock lock(mutex_);
    auto& seen = in_stream(account, stream_id);
    seen.attempted = std::max(seen.attempted, seq);
}

void SeenEvents::forget(const std::string& account)
{
    const std::scoped_lock lock(mutex_);
    accounts_.erase(account);
}

SeenEvents::Account SeenEvents::of(const std::string& account) const
{
    const std::scoped_lock lock(mutex_);
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? Account{} : found->second;
}

} // namespace simsync
