// Whether an account's events can go on being numbered where the ledger stands. A pure decision.
#pragma once

#include "simsync/model/event.hpp"
#include "store/mirror.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace simsync
{

// What the ledger says when the lease was taken.
struct NumberingFacts
{
    bool begun = false;       // there is a row in simsync.numbering: it was led before
    bool same_origin = false; // it was led last in this very cluster and database
    std::string stream_id;
    std::int64_t last_seq = 0;
    bool knows_seen = true;                    // the stream of what was seen is here, or was before
    std::optional<std::int64_t> timeline_then; // when it was numbered anew last
    std::optional<std::int64_t> timeline_now;
};

enum class Numbering
{
    goes_on,
    first,    // an account that was never led, as far as anybody knows
    restored, // another cluster or database: a backup was restored there
    lost,     // events are missing that were there
    promoted, // another timeline: events may be missing that nobody here has seen
};

Numbering judge_numbering(const NumberingFacts& facts, const SeenEvents::Account& seen);

// The number of the last event that is missing; makes sense only where the judgement was `lost`.
std::int64_t lost_upto(const NumberingFacts& facts, const SeenEvents::Account& seen);

// account.events_lost, which says which numbers of which stream they were; where the judgement was `lost`.
// `stream_id`: the one that begins with it.
Event loss_event(
    const std::string& account, const NumberingFacts& facts, const SeenEvents::Account& seen,
    const std::string& stream_id, Timestamp now);

std::string to_text(Numbering numbering); // as simsync.numbering.reason has it

} // namespace simsync
