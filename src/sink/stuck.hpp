// At which events a sink is stuck, for who looks at consumers: what of it is worth a write, and when. Pure.
//
// A receiver that stumbles is no news: an event counts that was not taken for a while and holds the position
// up. It is written when that begins and when it ends, never with a try; the position says in between
// whether it still holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace simsync
{

class StuckEvents
{
public:
    using Time = std::chrono::steady_clock::time_point;

    struct Stuck
    {
        std::int64_t seq = 0;
        Time since{};
        std::string error;
    };
    using ByAccount = std::map<std::string, Stuck>;

    // It was sent in vain, for whatever reason.
    void refused(const std::string& account, std::int64_t seq, const std::string& error, Time now);
    // All up to this one is done with.
    void acknowledged(const std::string& account, std::int64_t upto);
    // Somebody has moved the position, or forgotten it.
    void moved(const std::string& account) { refused_.erase(account); }
    // The positions are read anew, and another process may have noted something meanwhile.
    void begin_anew(Time now);

    // The first of each account, where that is to be noted now; it counts as noted then.
    std::optional<ByAccount> to_note(Time now);

private:
    struct Noted
    {
        std::int64_t seq = 0;
        std::string error;
    };

    ByAccount lasting(Time now) const;
    bool is_news(const ByAccount& stuck, Time now) const;

    std::map<std::string, std::map<std::int64_t, Stuck>> refused_;
    std::map<std::string, Noted> noted_;
    bool is_unknown_ = true; // what is noted
    Time known_from_{};      // by then whatever is stuck has been tried again
    Time noted_at_{};
};

} // namespace simsync
