// Renewals of the token that a failing query earns.
#include "model/token_renewals.hpp"

#include "model/backoff.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

using namespace std::chrono;
using namespace std::chrono_literals;

// Nothing is drawn: nobody else waits for the same.
constexpr Backoff between_vain_ones{.first = 10s, .longest = 5min, .patience = 0};
constexpr double the_whole_delay = 1;

constexpr std::size_t most_at_once = 10;
constexpr milliseconds in_this_time = 10s;

} // namespace

bool TokenRenewals::earned(std::string_view symptom, SteadyClock::time_point now) const
{
    const auto vain = vain_.find(symptom);
    return vain == vain_.end() ||
           now - vain->second.last >= *between_vain_ones.delay(vain->second.times, the_whole_delay);
}

milliseconds TokenRenewals::wait(SteadyClock::time_point now) const
{
    if (made_.size() < most_at_once)
        return 0ms;
    return std::max(ceil<milliseconds>(made_.front() + in_this_time - now), 0ms);
}

void TokenRenewals::made(SteadyClock::time_point now)
{
    made_.push_back(now);
    if (made_.size() > most_at_once)
        made_.pop_front();
}

void TokenRenewals::in_vain(std::string_view symptom, std::uint64_t renewal, SteadyClock::time_point now)
{
    auto& vain = vain_[std::string{symptom}];
    if (vain.times > 0 && vain.renewal == renewal)
        return;
    ++vain.times;
    vain.renewal = renewal;
    vain.last = now;
}

void TokenRenewals::cured(std::string_view symptom)
{
    if (const auto vain = vain_.find(symptom); vain != vain_.end())
        vain_.erase(vain);
}

} // namespace simsync
