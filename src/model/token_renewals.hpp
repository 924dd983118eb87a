// Whether a query that failed has earned a new token. Pure; the time arrives as an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace simsync
{

// Not every server tells a token that ended by 401: any symptom may mean it (model/failure:
// a_new_token_may_cure; a list that is empty where SIMs are known). So every symptom earns one renewal. If
// the new token does not cure it, it was not the token: the same symptom earns the next one ten seconds
// later, then twice as late each time, up to five minutes: seldom enough for a 500 that stays, soon enough
// for a server that forgot its tokens in the middle of an outage. And whatever happens, renewals are no
// storm: where tokens that were good end one after the other, some are renewed at once and the others wait.
class TokenRenewals
{
public:
    using SteadyClock = std::chrono::steady_clock;

    bool earned(std::string_view symptom, SteadyClock::time_point now) const;
    // How long a renewal that was earned has to wait for those before it; zero: not at all.
    std::chrono::milliseconds wait(SteadyClock::time_point now) const;

    void made(SteadyClock::time_point now);
    // The new token did not cure it. Counts once for each `renewal` (the generation of the token that it
    // brought), for several queries may have failed with the same one.
    void in_vain(std::string_view symptom, std::uint64_t renewal, SteadyClock::time_point now);
    void cured(std::string_view symptom);

private:
    struct Vain
    {
        int times = 0;
        std::uint64_t renewal = 0;
        SteadyClock::time_point last;
    };

    std::map<std::string, Vain, std::less<>> vain_;
    std::deque<SteadyClock::time_point> made_; // the last few
};

} // namespace simsync
