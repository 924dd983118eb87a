// What stands behind `simsync consumer`: one verb, and what belongs to it. Pure.
#pragma once

#include "cli/arguments.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simsync::cli
{

// As it was typed.
struct ConsumerWords
{
    std::string verb; // empty: list
    std::vector<std::string> names;
    std::optional<std::string> from;
    std::optional<std::int64_t> count;
    std::optional<std::int64_t> after;
    ConsumerCommand command; // what is everyone's
};

// Throws UsageError for what cannot be meant.
ConsumerCommand consumer_command(const ConsumerWords& words);

} // namespace simsync::cli
