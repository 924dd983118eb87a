#include "sync/writer_lane.hpp"

#include "simsync/postgres/errors.hpp"

#include <utility>

namespace simsync
{
namespace
{

using namespace std::chrono;

// Those that waited while it was tried come at once, and the others sooner or later by their own backoff: a
// server that is away is asked no more than once a second by all of them.
constexpr milliseconds failure_holds_for{1'000};

} // namespace

std::shared_ptr<WriterSession> WriterLane::session(const std::string& url)
{
    if (session_ && session_->is_usable())
        return session_;
    give_up();
    if (failure_ && steady_clock::now() - failed_at_ < failure_holds_for)
        std::rethrow_exception(failure_);
    try
    {
        auto session = std::make_shared<WriterSession>(url);
        session->beat(); // from the first lease on: a process may be stopped at any instant
        session_ = std::move(session);
    }
    catch (...)
    {
        failure_ = std::current_exception();
        failed_at_ = steady_clock::now();
        throw;
    }
    failure_ = nullptr;
    ++number_;
    return session_;
}

boost::asio::awaitable<void> WriterLane::let_go()
{
    return thread_([this] { give_up(); });
}

boost::asio::awaitable<WriterLane::Beat> WriterLane::beat()
{
    return thread_([this] { return beat_here(); });
}

void WriterLane::give_up() noexcept
{
    if (!session_)
        return;
    session_.reset();
    ++number_;
}

WriterLane::Beat WriterLane::beat_here() noexcept
{
    if (!session_)
        return {number_, {}};
    try
    {
        session_->beat();
    }
    catch (...)
    {
        give_up();
        return {number_, std::current_exception()};
    }
    return {number_, {}};
}

} // namespace simsync
