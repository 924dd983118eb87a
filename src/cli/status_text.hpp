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

// A fleet that is not there yet, or that its leader does not know yet.
struct StatusLoading
{
    enum class Source
    {
        mirror, // what the mirror holds is read, before anything else
        api,    // the first sweep
    };
    Source source = Source::mirror;
    std::int64_t sims = 0;
    std::optional<std::int64_t> expected; // about so many there are; empty: nobody knows

    bool operator==(const StatusLoading&) const = default;
};

// Empty: nothing is loaded, or nobody is there to do it.
std::optional<StatusLoading> loading_of(const AccountStatus& status);

// What a person should see to, the most urgent first; none where all is well. A mirror is stale after
// `stale_after` without a complete sweep; one whose first sweep is under way, and has not failed, is not.
std::vector<StatusTrouble>
troubles_of(const AccountStatus& status, Timestamp now, std::chrono::milliseconds stale_after);

// Several lines: the account, its troubles, its figures, its consumers, its last sweeps.
std::string status_text(const AccountStatus& status, Timestamp now, std::chrono::milliseconds stale_after);

} // namespace simsync::cli
