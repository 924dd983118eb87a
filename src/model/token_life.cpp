// The token's renewal time.
#include "model/token_life.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

using namespace std::chrono;

// Long enough for the slowest request under way to end with the old token.
constexpr microseconds widest_margin = 60s;

// No partner issues a token for longer; beyond it the date is a placeholder ("9999-12-31").
constexpr microseconds longest_life = days{366};

} // namespace

TokenLife::TokenLife(std::optional<Timestamp> expires, Timestamp issued, SteadyClock::time_point received)
{
    if (!expires || *expires <= issued || *expires - issued > longest_life)
        return;
    const microseconds life = *expires - issued;
    renew_at_ = received + life - std::min(widest_margin, life / 5);
}

} // namespace simsync
