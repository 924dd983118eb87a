// The heart: what changed between the row we hold and the SIM we saw.
#pragma once

#include "simsync/model/event.hpp"
#include "simsync/model/sim.hpp"

#include <vector>

namespace simsync
{

struct Change
{
    Kind kind = Kind::attributes_changed;
    Fields before; // only the columns concerned
    Fields after;
    std::optional<std::string> number = {}; // that was attached or detached

    bool operator==(const Change&) const = default;
};

// Pure: no clock, no database, no log. Changes come in the order of `Kind`; folding every `after` over
// `stored` gives `seen` but for `latest_activity` and `undecoded`, which make no event. Numbers are attached
// and detached one at a time, each change holding the whole list before and after that step, so that a chain
// has no gap.
// A flag flips where it differs from what it was known to be last: that it reads null for a while, and that
// it is then as before, are told with the other attributes.
std::vector<Change> diff(const Sim& stored, const Sim& seen, const LastKnown& last_known = {});

// What is known last once `seen` follows `stored`.
LastKnown remembered(const Sim& stored, const LastKnown& last_known, const Sim& seen);

// The SIM as seen, but for these columns, which are taken from the stored one: they were not asked for.
Sim with_stored(Sim seen, const Sim& stored, const std::vector<std::string>& columns);

// Every column of a SIM with its value, in the table's order: the `after` of `sim.added`.
Fields all_fields(const Sim& sim);

} // namespace simsync
