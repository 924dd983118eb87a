// The right to write an account, as others see it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace simsync
{

// A lease that some session holds, and whom the ledger names as its holder: for a moment after it was taken
// that is the one before.
struct Lease
{
    std::optional<std::string> host{};
    std::optional<std::int64_t> pid{};
    bool names_us = false; // this very process: to one that does not lead, it was the one before

    // "host (pid 4711)", for messages.
    std::string leader() const
    {
        return host ? *host + " (pid " + std::to_string(pid.value_or(0)) + ')' : "another instance";
    }
};

} // namespace simsync
