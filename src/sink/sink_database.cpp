#include "sink/sink_database.hpp"

#include "io/run_apart.hpp"
#include "io/socket_watch.hpp"
#include "postgres/failures.hpp"
#include "store/event_rows.hpp"
#include "store/holder_session.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

namespace simsync
{

namespace asio = boost::asio;
using asio::awaitable;

namespace
{

// As often as the lanes'.
constexpr std::chrono::milliseconds beat_interval{2'000};

} // namespace

struct SinkDatabase::Link
{
    explicit Link(const std::string& url) : connection(std::make_shared<Connection>(url, holder_settings)) {}

    std::shared_ptr<Connection> connection;      // touched on the thread only
    std::optional<SocketWatch> watch;            // of its socket; none once it is lost
    std::optional<asio::steady_timer> next_beat; // with it
    std::optional<DatabaseUnavailable> loss;     // set on the executor; why it is lost
};

struct SinkDatabase::Attempt
{
    bool is_over = false;
    std::shared_ptr<Link> link;
    std::exception_ptr error;
};

SinkDatabase::SinkDatabase(const asio::any_io_executor& executor, std::string url)
    : executor_(executor),
      url_(std::move(url)),
      attempt_ends_(executor)
{
}

SinkDatabase::~SinkDatabase()
{
    if (link_)
        lose(*link_, DatabaseUnavailable("nobody uses the sinks' connection any more", ""));
}

std::shared_ptr<SinkDatabase::Link> SinkDatabase::opened(const std::string& url)
{
    auto link = std::make_shared<Link>(url);
    link->connection->attempt(
        "listen for events", [&] { link->connection->connection().listen(events_channel); });
    return link;
}

void SinkDatabase::open()
{
    use(opened(url_));
}

awaitable<std::shared_ptr<SinkDatabase::Link>> SinkDatabase::connect()
{
    if (link_)
        co_return link_;
    if (const auto attempt = attempt_)
    {
        while (!attempt->is_over)
            co_await attempt_ends_.wait();
        co_return link_of(*attempt);
    }
    const auto attempt = attempt_ = std::make_shared<Attempt>();
    try
    {
        use(co_await thread_([this] { return opened(url_); }));
        attempt->link = link_;
    }
    catch (...)
    {
        attempt->error = std::current_exception();
    }
    attempt->is_over = true;
    attempt_.reset();
    attempt_ends_.wake();
    co_return link_of(*attempt);
}

std::shared_ptr<SinkDatabase::Link> SinkDatabase::link_of(const Attempt& attempt)
{
    if (attempt.error)
        std::rethrow_exception(attempt.error);
    return attempt.link;
}

void SinkDatabase::refuse_lost(const Link& link)
{
    if (link.loss)
        throw DatabaseUnavailable(*link.loss);
}

std::shared_ptr<Connection> SinkDatabase::connection_of(const std::shared_ptr<Link>& link)
{
    return link->connection;
}

bool SinkDatabase::is_lost(const Link& link) noexcept
{
    return link.loss.has_value();
}

bool SinkDatabase::take_notifications(Link& link)
{
    return link.connection->attempt(
        "wait for events", [&] { return !link.connection->connection().take_notifications().empty(); });
}

// From now on. Throws DatabaseUnavailable where what comes on it cannot be waited for.
void SinkDatabase::use(const std::shared_ptr<Link>& link)
{
    try
    {
        link->watch.emplace(executor_, link->connection->connection().socket());
    }
    catch (const std::system_error& error)
    {
        throw_translated_watch(error);
    }
    link->next_beat.emplace(executor_);
    link_ = link;
    run_apart(executor_, keep_watch(link));
    run_apart(executor_, keep_beating(link));
}

// Whatever comes on the socket: a notification, an answer that the thread is about to read, or its end. Holds
// the link, and minds this object only while the link is its own.
awaitable<void> SinkDatabase::keep_watch(std::shared_ptr<Link> link)
{
    while (!is_lost(*link))
    {
        co_await link->watch->wait();
        if (is_lost(*link))
            co_return;
        try
        {
            co_await run(link, [] {});
        }
        catch (const StoreError&) // NOLINT(bugprone-empty-catch)
        {
            // It is lost: who uses it is told so with its next piece of work, for which it was woken.
        }
    }
}

// The turns of sinks are locks of this session: of a process that is stopped the server ends it, so that
// another one delivers. Minds this object as keep_watch does.
awaitable<void> SinkDatabase::keep_beating(std::shared_ptr<Link> link)
{
    while (!is_lost(*link))
    {
        try
        {
            co_await run(link, [&link] { beat(*link->connection, "hold the turns of sinks"); });
        }
        catch (const DatabaseUnavailable&)
        {
            co_return; // who uses it is told so
        }
        catch (const StoreError&) // NOLINT(bugprone-empty-catch)
        {
            // Refused for now: the next one is tried.
        }
        if (is_lost(*link))
            co_return;
        link->next_beat->expires_after(beat_interval);
        boost::system::error_code error;
        co_await link->next_beat->async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void SinkDatabase::lose(Link& link, const DatabaseUnavailable& error)
{
    if (is_lost(link))
        return;
    link.loss = error;
    link.watch.reset();
    link.next_beat->cancel();
    link_.reset();
    tell();
}

void SinkDatabase::tell()
{
    ++count_of_news_;
    for (auto* const alarm : alarms_)
        alarm->wake();
}

} // namespace simsync
