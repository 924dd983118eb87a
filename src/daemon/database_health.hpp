// How the database serves an account: when it answered last, since when it does not serve, and how often it
// has failed since it did. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace simsync
{

class DatabaseHealth
{
public:
    using Time = std::chrono::steady_clock::time_point;

    // It said anything at all.
    void answered(Time now) { answered_ = now; }

    // It did what it is there for: it lets somebody else lead, or a sweep of ours came to its end. That it
    // lets us connect is no service: one that cuts off every sweep is no better than one that is away.
    void served(Time now)
    {
        answered_ = now;
        failures_ = 0;
        error_.clear();
        away_since_.reset();
    }

    void failed(std::string error, Time now)
    {
        ++failures_;
        if (error_.empty())
            away_since_ = now;
        error_ = std::move(error);
    }

    std::optional<Time> last_answer() const noexcept { return answered_; }
    std::optional<Time> away_since() const noexcept { return away_since_; } // empty: it serves
    const std::string& error() const noexcept { return error_; }            // the last, until it serves again
    int failures() const noexcept { return failures_; }                     // since it served last

private:
    std::optional<Time> answered_;
    std::optional<Time> away_since_;
    std::string error_;
    int failures_ = 0;
};

} // namespace simsync
