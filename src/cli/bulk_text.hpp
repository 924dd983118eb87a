// What a run of `--from` would do and what has become of it, as programs and people read it. Pure.
#pragma once

#include "cli/bulk_plan.hpp"

#include <cstddef>
#include <string>

namespace simsync::cli
{

struct BulkTally
{
    std::size_t confirmed = 0;
    std::size_t failed = 0;
    std::size_t unknown = 0; // and those that have not ended
};

BulkTally tally_of(const BulkOutcomes& outcomes);

// `operation`: as in_words has it. All of them, as one JSON document.
std::string outcomes_json(const std::string& operation, const BulkOutcomes& outcomes);
// A line for each that is not confirmed, and the sums.
std::string outcomes_text(const std::string& operation, const BulkOutcomes& outcomes);

// The same of what a run would do.
std::string plan_json(const std::string& operation, const BulkPlan& plan);
std::string plan_text(const std::string& operation, const BulkPlan& plan);

} // namespace simsync::cli
