// SIGINT and SIGTERM as something to ask for, in a command that ends in its own time.
#pragma once

#include <chrono>
#include <csignal>

namespace simsync::cli
{

// As long as it lives, none of the two ends the process, and the end of a child is waited for here as well.
// Made before threads are, on the thread that asks.
class StopSignals
{
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    // Whether one has come.
    bool came();

    enum class Woken
    {
        stop,  // another SIGINT or SIGTERM
        child, // a child may have ended
        time_out,
    };
    Woken wait(std::chrono::milliseconds at_most);

    const sigset_t& mask_before() const noexcept { return before_; } // which a child gets

private:
    sigset_t ours_{};
    sigset_t before_{};
    bool came_ = false;
};

} // namespace simsync::cli
