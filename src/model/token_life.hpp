// When an access token is to be renewed: ahead of its end, by the server's clock. Pure; the times arrive as
// arguments.
#pragma once

#include "simsync/model/time.hpp"

#include <chrono>
#include <optional>

namespace simsync
{

// A token's life in terms of our monotonic clock. Only the span from `issued` to `expires` counts, both by
// the server's clock, so a server that is a day off renews as punctually as one that is not. A life that
// makes no sense (unreadable, over at birth, beyond a year) asks for no renewal at all: such a token is used
// until a 401 says that it ended. That is what keeps an absurd clock from becoming a storm of logins.
class TokenLife
{
public:
    using SteadyClock = std::chrono::steady_clock;

    TokenLife() = default; // used until a 401

    // `expires`: as the login told it; `issued`: the `Date` of the login's answer; `received`: when we had
    // it.
    TokenLife(std::optional<Timestamp> expires, Timestamp issued, SteadyClock::time_point received);

    // A minute before the end, or a fifth of the life where that is shorter. Empty: use it until a 401.
    std::optional<SteadyClock::time_point> renew_at() const noexcept { return renew_at_; }

    // How long until then; empty: nobody knows.
    std::optional<std::chrono::milliseconds> left(SteadyClock::time_point now) const noexcept
    {
        return renew_at_ ? std::optional(std::chrono::floor<std::chrono::milliseconds>(*renew_at_ - now))
                         : std::nullopt;
    }

    bool due(SteadyClock::time_point now) const noexcept { return renew_at_ && now >= *renew_at_; }

private:
    std::optional<SteadyClock::time_point> renew_at_;
};

} // namespace simsync
