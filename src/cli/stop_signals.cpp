#include "cli/stop_signals.hpp"

#include <cerrno>
#include <ctime>
#include <system_error>

namespace simsync::cli
{

StopSignals::StopSignals()
{
    sigemptyset(&ours_);
    for (const int signal : {SIGINT, SIGTERM, SIGCHLD})
        sigaddset(&ours_, signal);
    if (const int error = pthread_sigmask(SIG_BLOCK, &ours_, &before_))
        throw std::system_error(error, std::generic_category(), "blocking signals");
}

StopSignals::~StopSignals()
{
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::came()
{
    wait(std::chrono::milliseconds{0});
    return came_;
}

StopSignals::Woken StopSignals::wait(std::chrono::milliseconds at_most)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
    const timespec patience{
        static_cast<std::time_t>(seconds.count()),
        static_cast<long>(std::chrono::nanoseconds(at_most - seconds).count())};
    const int signal = sigtimedwait(&ours_, nullptr, &patience);
    if (signal == SIGCHLD)
        return Woken::child;
    if (signal < 0)
        return Woken::time_out; // or a signal that is none of ours: whoever waits looks at the clock
    came_ = true;
    return Woken::stop;
}

} // namespace simsync::cli
