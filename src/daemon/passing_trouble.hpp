// What comes and goes by the second, as a receiver that fails at one event of thirty does: is it worth a line
// of the log again? Pure.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace simsync
{

class PassingTrouble
{
public:
    using Time = std::chrono::steady_clock::time_point;

    // Met, or met again. True where it is news: while it lasts it is told once, and where it comes back, no
    // sooner than a minute after it was told last; if it lasts until then it is told then.
    bool begins(const std::string& cause, Time now)
    {
        if (told_ == cause)
            return false;
        std::erase_if(told_at_, [now](const auto& each) { return now >= each.second + again_after; });
        if (!told_at_.emplace(cause, now).second)
            return false;
        told_ = cause;
        return true;
    }

    // It is over, as far as anything is known. True where the log was told of it.
    bool ends() { return !std::exchange(told_, {}).empty(); }

    // Whatever comes now is news.
    void forget()
    {
        told_.clear();
        told_at_.clear();
    }

private:
    static constexpr std::chrono::minutes again_after{1};

    std::string told_;                    // while it lasts
    std::map<std::string, Time> told_at_; // within the last minute
};

} // namespace simsync
