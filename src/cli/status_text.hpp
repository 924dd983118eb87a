// How an account stands, for the operator who was woken: what is wrong first, with what to do. Pure.
#pragma once

#include "simsync/store/reader.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace simsync::cli
{

enum class Level
{
    warning,  // somebody should see to it by day
    critical, // what analysts and alerting see is wrong or old, or waits for a person
};

struct StatusTrouble
{
    std::string what;
    std::string hint;
    Level level = Level::warning;
};

// What a person should see to, the most urgent first; none where all is well. A mirror is stale after
// `stale_after` without a complete sweep.
std::vector<StatusTrouble>
troubles_of(const AccountStatus& status, Timestamp now, std::chrono::milliseconds stale_after);

// Several lines: the account, its troubles, its figures, its consumers, its last sweeps.
std::string status_text(const AccountStatus& status, Timestamp now, std::chrono::milliseconds stale_after);

} // namespace simsync::cli
