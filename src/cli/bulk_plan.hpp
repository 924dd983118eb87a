// What a run of `--from` has to do: the SIMs that its lines name, without what an earlier run has done. Pure.
#pragma once

#include "cli/bulk_report.hpp"
#include "simsync/store/records.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace simsync::cli
{

using BulkOutcomes = std::map<BulkKey, BulkOutcome>;

// A line that names no SIM, or several.
struct BulkStranger
{
    std::string term;
    std::string why;
};

struct BulkPlan
{
    std::map<std::string, std::deque<std::string>> to_do;                    // account → SIMs
    std::map<std::string, std::map<std::int64_t, std::string>> asked_before; // account → action → SIM
    std::vector<BulkStranger> strangers;
    std::set<BulkKey> all;          // of this run, strangers too
    std::size_t done_before = 0;    // confirmed
    std::size_t unknown_before = 0; // not sent again by themselves

    std::size_t left() const; // SIMs that are to do, or were asked for and have not ended
};

// `named`: what the mirror knows by the terms. `so_far`: what the report says.
BulkPlan
bulk_plan(const std::vector<std::string>& terms, std::span<const NamedSim> named, const BulkOutcomes& so_far);

// Of this run's SIMs: the report may know others.
BulkOutcomes outcomes_of(const BulkPlan& plan, const BulkOutcomes& report);

} // namespace simsync::cli
