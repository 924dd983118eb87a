// A progress bar on a terminal: on stderr, at most ten times a second, gone when done. Debian has no package
// for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace simsync::cli
{

// The line without control characters, `width` columns wide at most: "main  [#####-----]  51%  51,000
// SIMs  1.2 s". Without an expectation there is no bar, only the figures.
std::string progress_line(
    const std::string& name, std::int64_t done, std::int64_t expected, std::chrono::milliseconds elapsed,
    std::size_t width, const std::string& unit = "SIMs");

class ProgressBar
{
public:
    explicit ProgressBar(std::string name, std::string unit = "SIMs");
    ~ProgressBar(); // wipes the line
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(std::int64_t done, std::int64_t expected);
    void show_time(); // the same figures, so much later

private:
    using SteadyClock = std::chrono::steady_clock;
    std::string name_;
    std::string unit_;
    std::int64_t done_ = 0;
    std::int64_t expected_ = 0;
    bool terminal_;
    bool drawn_ = false;
    SteadyClock::time_point started_ = SteadyClock::now();
    SteadyClock::time_point last_drawn_;
};

} // namespace simsync::cli
