// The life of one sink: take the turn, read on, send, acknowledge. Calls parcel, receipt, signature.
#include "sink/sink.hpp"

#include "simsync/model/backoff.hpp"
#include "sink/alert.hpp"
#include "sink/receipt.hpp"
#include "sink/signature.hpp"
#include "sync/surroundings.hpp"

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

constexpr std::size_t events_at_once = 100;
// A receiver has nothing to tell us; an error page may be longer.
constexpr std::size_t longest_reply = 64 * 1024;
constexpr milliseconds standby_interval{2'000};
// A stop is noticed so late, and a lost notification costs so much.
constexpr milliseconds longest_wait{1'000};
// Neither is ever given up.
constexpr Backoff reconnect{.first = milliseconds{250}, .longest = milliseconds{10'000}, .patience = 0};
constexpr Backoff resend{.first = milliseconds{500}, .longest = milliseconds{60'000}, .patience = 0};

} // namespace

Sink::Sink(const boost::asio::any_io_executor& executor, SinkOptions options, SinkObserver observer)
    : executor_(executor),
      options_(std::move(options)),
      observer_(std::move(observer)),
      connection_(executor, parse_endpoint(options_.url).value(), std::make_shared<Trust>(options_.ca_file),
                  HttpOptions{options_.user_agent, longest_reply}),
      alarm_(executor)
{
}

awaitable<void> Sink::run()
{
    while (!stopping_)
    {
        try
        {
            co_await serve();
        }
        catch (const StoreError& error)
        {
            ++failures_;
            if (!stopping_)
                observer_.failed(error);
        }
        if (!stopping_)
            co_await rest(*reconnect.delay(std::max(failures_, 1), random_chance()));
    }
    co_await worker_([this] { consumer_.reset(); });
}

// One database connection's life.
awaitable<void> Sink::serve()
{
    co_await worker_(
        [this]
        {
            consumer_.reset();
            consumer_ = std::make_unique<Consumer>(options_.database_url, "sink:" + options_.name);
        });
    if (!co_await take_turn())
        co_return;
    co_await worker_([this] { consumer_->begin_now(); });
    observer_.began();
    alerts_due_ = steady_clock::now();
    while (!stopping_)
    {
        const bool more = co_await deliver_next();
        failures_ = 0;
        if (options_.kind == SinkKind::alertmanager && !stopping_)
            co_await repeat_alerts();
        if (!more && !stopping_)
            co_await worker_([this] { return consumer_->wait(longest_wait); });
    }
}

// False where we were told to stop while another instance delivers.
awaitable<bool> Sink::take_turn()
{
    for (bool told = false; !stopping_;)
    {
        if (co_await worker_([this] { return consumer_->try_take_turn(); }))
            co_return true;
        failures_ = 0;
        if (!std::exchange(told, true))
            observer_.stands_by();
        co_await rest(standby_interval);
    }
    co_return false;
}

// Sends some of what comes next and acknowledges what has arrived; whether there was anything.
awaitable<bool> Sink::deliver_next()
{
    std::size_t events = 0;
    const auto parcels = co_await next_parcels(events);
    std::map<std::string, std::int64_t> done;
    bool all = true;
    for (const auto& parcel : parcels)
    {
        if (!parcel.body.empty() && !co_await send(parcel))
        {
            all = false;
            break;
        }
        for (const auto& [account, seq] : parcel.upto)
            done[account] = seq;
    }
    co_await worker_([&] { consumer_->acknowledge(done); });
    if (all && events > 0)
        observer_.delivered(static_cast<std::int64_t>(events));
    co_return events > 0;
}

awaitable<std::vector<Parcel>> Sink::next_parcels(std::size_t& events)
{
    struct Read
    {
        std::vector<EventRecord> events;
        std::map<std::string, std::string> streams;
    };
    const auto read = co_await worker_(
        [this]
        {
            Read found{consumer_->next(events_at_once), {}};
            if (!found.events.empty() && options_.kind == SinkKind::webhook)
                found.streams = consumer_->streams();
            return found;
        });
    events = read.events.size();
    if (events == 0)
        co_return std::vector<Parcel>{};
    co_return options_.kind == SinkKind::webhook ? webhook_parcels(read.events, options_.kinds, read.streams)
                                                 : alert_parcels(read.events, options_.kinds, system_now());
}

// What stands is read behind the events that were sent, so that nothing resolved comes back.
awaitable<void> Sink::repeat_alerts()
{
    if (steady_clock::now() < alerts_due_)
        co_return;
    const auto standing = co_await worker_([this] { return consumer_->standing(); });
    for (const auto& parcel : alert_parcels(standing, options_.kinds, system_now()))
        if (!co_await send(parcel))
            co_return;
    alerts_due_ = steady_clock::now() + alerts_repeated_after;
}

// Until it is taken; false where we were told to stop before.
awaitable<bool> Sink::send(const Parcel& parcel)
{
    for (int refusals = 1; !stopping_; ++refusals)
    {
        const auto failure = co_await post(parcel);
        if (!failure)
            co_return true;
        if (stopping_)
            break;
        observer_.refused(*failure);
        co_await rest(*resend.delay(refusals, random_chance(), failure->retry_after));
    }
    co_return false;
}

awaitable<std::optional<Failure>> Sink::post(const Parcel& parcel)
{
    const auto deadline = steady_clock::now() + options_.timeout;
    const auto request = request_of(parcel);
    if (!request)
        co_return request.error();
    auto reply = co_await connection_.post(*request, deadline);
    // A receiver that closed an idle connection has seen nothing of it; at least once is the promise.
    if (!reply && connection_.went_stale())
        reply = co_await connection_.post(*request, deadline);
    if (!reply)
        co_return reply.error();
    co_return judge_delivery(*reply, floor<seconds>(system_clock::now()));
}

Answer<HttpRequest> Sink::request_of(const Parcel& parcel) const
{
    HttpRequest request;
    request.body = parcel.body;
    request.content_type = parcel.content_type;
    if (options_.kind == SinkKind::alertmanager)
    {
        request.path = "/api/v2/alerts";
        return request;
    }
    const auto now = floor<seconds>(system_clock::now());
    request.headers.emplace_back("webhook-id", parcel.id);
    request.headers.emplace_back("webhook-timestamp", std::to_string(now.time_since_epoch().count()));
    if (!options_.secret)
        return request;
    const auto secret = options_.secret();
    if (!secret)
        return secret.error();
    request.headers.emplace_back("webhook-signature",
                                 webhook_signature(signing_key(*secret), parcel.id, now, parcel.body));
    return request;
}

awaitable<void> Sink::rest(milliseconds duration)
{
    const auto until = steady_clock::now() + duration;
    while (!stopping_ && steady_clock::now() < until)
        co_await alarm_.wait_until(until);
}

void Sink::stop()
{
    stopping_ = true;
    alarm_.wake();
}

void Sink::cut()
{
    connection_.close();
}

} // namespace simsync
