// How long to wait before the next try, and when to give up. Pure: chance arrives as an argument.
#pragma once

#include <chrono>
#include <optional>

namespace simsync
{

// Exponential with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): the n-th delay is
// drawn evenly from 0 to first × 2^n, so that clients which failed together do not come back together.
struct Backoff
{
    std::chrono::milliseconds first{500};
    std::chrono::milliseconds longest{30'000};
    int patience = 6; // failures in a row after which the work is given up; 0: never

    // What to wait after `failures` failures in a row (1 or more); `chance` in [0, 1). Never before
    // `retry_after`, where the server named one. Empty once patience is spent.
    std::optional<std::chrono::milliseconds>
    delay(int failures, double chance, std::optional<std::chrono::milliseconds> retry_after = {}) const;
};

// Between tries to connect to the database: it comes back when it comes back, so it is never given up and
// looked for at least this often.
inline constexpr Backoff reconnect{
    .first = std::chrono::milliseconds{250}, .longest = std::chrono::milliseconds{2'000}, .patience = 0};

} // namespace simsync
