// The life of one sink: take the lock, read on, send, acknowledge. How a delivery is sent is in sending.cpp.
#include "sink/sink.hpp"

#include "io/clock.hpp"
#include "model/backoff.hpp"

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
// A consumer that cannot read on is looked at again so soon: a person is at work.
constexpr milliseconds lost_interval{5'000};
// Neither is ever given up.
constexpr Backoff reconnect{.first = milliseconds{250}, .longest = milliseconds{10'000}, .patience = 0};
constexpr Backoff resend{.first = milliseconds{500}, .longest = milliseconds{60'000}, .patience = 0};

} // namespace

Sink::Sink(const boost::asio::any_io_executor& executor, SinkOptions options, SinkObserver observer)
    : executor_(executor),
      options_(std::move(options)),
      observer_(std::move(observer)),
      address_(parse_address(options_.url).value()),
      secrets_{address_.path, address_.query},
      connection_(
          executor, address_.endpoint, std::make_shared<Trust>(options_.ca_file),
          HttpOptions{options_.user_agent, longest_reply, true}),
      alarm_(executor)
{
}

awaitable<void> Sink::run()
{
    while (goes_on())
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
        if (goes_on())
            co_await rest(*reconnect.delay(std::max(failures_, 1), random_chance()));
    }
    co_await thread_([this] { consumer_.reset(); }); // and the lock with it
    while (!stopping_)
        co_await alarm_.wait();
}

// All that happens on one database connection: take the right to deliver, begin at the position, deliver,
// wait for more. Returns when told to stop; throws when the connection is lost.
awaitable<void> Sink::serve()
{
    co_await thread_(
        [this]
        {
            consumer_.reset();
            consumer_ = std::make_unique<Consumer>(options_.database_url, "sink:" + options_.name);
        });
    if (!co_await take_lock())
        co_return;
    reads_on_ = false;
    left_out_.clear();
    while (goes_on())
    {
        const bool more = co_await read_on();
        // Where the events were numbered anew, what stands is told all the same: Alertmanager would end it.
        if (options_.type == SinkType::alertmanager && goes_on())
            co_await repeat_alerts();
        if (!reads_on_ && goes_on())
            co_await rest(lost_interval);
        else if (!more && goes_on())
            co_await thread_([this] { return consumer_->wait(longest_wait); });
    }
}

// As deliver_next. Where the consumer cannot read on, it is down until a person has moved it, or a leader has
// found that all its position lacks are events that were lost: both are looked for anew each time.
awaitable<bool> Sink::read_on()
{
    try
    {
        if (!reads_on_)
        {
            co_await thread_([this] { consumer_->begin_now(); });
            co_await thread_([this] { return consumer_->next(1); });
            co_await thread_([this] { consumer_->note_up(); });
            reads_on_ = true;
            observer_.began();
        }
        const bool more = co_await deliver_next();
        failures_ = 0;
        co_return more;
    }
    catch (const ConsumerLost& error)
    {
        reads_on_ = false;
        lost_ = error;
    }
    if (goes_on())
        observer_.lost(*lost_);
    co_await thread_([this] { consumer_->note_down(lost_->what(), lost_->hint()); });
    co_return false;
}

// False where we were told to stop while another instance delivers.
awaitable<bool> Sink::take_lock()
{
    for (bool notified = false; !stopping_;)
    {
        if (co_await thread_([this] { return consumer_->try_lock(); }))
            co_return true;
        failures_ = 0;
        if (!std::exchange(notified, true))
            observer_.stands_by();
        co_await rest(standby_interval);
    }
    co_return false;
}

// Sends some of what comes next and acknowledges what has arrived; whether there was anything.
awaitable<bool> Sink::deliver_next()
{
    std::size_t events = 0;
    const auto deliveries = co_await next_deliveries(events);
    std::map<std::string, std::int64_t> done;
    bool all = true;
    for (const auto& delivery : deliveries)
    {
        if (!delivery.empty() && co_await send(delivery, done) != Sent::taken)
        {
            all = false;
            break;
        }
        for (const auto& [account, seq] : delivery.upto)
            done[account] = seq;
    }
    co_await acknowledge(done);
    if (all && events > 0)
        observer_.delivered(static_cast<std::int64_t>(events));
    co_return events > 0;
}

awaitable<void> Sink::acknowledge(std::map<std::string, std::int64_t>& done)
{
    co_await thread_([&] { consumer_->acknowledge(done); });
    done.clear();
}

awaitable<std::vector<Delivery>> Sink::next_deliveries(std::size_t& events)
{
    struct Read
    {
        std::vector<EventRecord> events;
        std::map<std::string, std::string> streams;
        std::vector<AlertContext> contexts;
    };
    const auto read = co_await thread_(
        [this]
        {
            Read found{consumer_->next(events_at_once), {}, {}};
            if (!found.events.empty() && options_.type == SinkType::webhook)
                found.streams = consumer_->streams();
            if (!found.events.empty() && options_.type == SinkType::alertmanager)
                found.contexts = consumer_->alert_contexts(found.events);
            return found;
        });
    events = read.events.size();
    if (events == 0)
        co_return std::vector<Delivery>{};
    co_return options_.type == SinkType::webhook
        ? webhook_deliveries(read.events, options_.wanted, read.streams)
        : alert_deliveries(read.events, read.contexts, options_.wanted);
}

// What stands is read behind the events that were sent, so that nothing resolved comes back; for the same
// reason what is not taken is read anew before it is told again.
awaitable<void> Sink::repeat_alerts()
{
    if (steady_clock::now() < alerts_due_)
        co_return;
    auto standing = co_await thread_([this] { return consumer_->standing(); });
    for (const auto& delivery : alert_deliveries(standing, options_.wanted))
    {
        if (!co_await is_next())
            co_return;
        if (const auto refusal = co_await deliver(delivery))
        {
            ++repeats_refused_;
            co_return co_await come_again(*refusal, repeats_refused_, "");
        }
    }
    repeats_refused_ = 0;
    alerts_due_ = steady_clock::now() + alerts_repeated_after;
}

// Whether the position still stands before what we are about to send: another sender or an operator's skip
// may have moved it. Throws where we have lost the right to deliver.
awaitable<bool> Sink::is_next()
{
    co_return !co_await thread_([this] { return consumer_->has_moved(); });
}

// Again and again, as long as it is ours to send. What came before it is acknowledged as soon as it has to
// wait: who looks at the consumer, or skips what stands in its way, finds this very event next.
awaitable<Sink::Sent> Sink::send(const Delivery& delivery, std::map<std::string, std::int64_t>& done)
{
    for (int refusals = 1; goes_on(); ++refusals)
    {
        if (!co_await is_next())
            co_return Sent::not_ours;
        const auto refusal = co_await deliver(delivery);
        if (!refusal)
            co_return Sent::taken;
        co_await acknowledge(done);
        co_await come_again(*refusal, refusals, way_past(delivery));
    }
    co_return Sent::stopped;
}

awaitable<void> Sink::come_again(const Refusal& refusal, int refusals, const std::string& way_past)
{
    if (stopping_)
        co_return;
    const auto hint = delivery_hint(refusal, way_past);
    down_ = is_gone(refusal);
    if (down_)
    {
        observer_.gone(refusal, hint);
        co_return co_await thread_([&] { consumer_->note_down(refusal.failure.what, hint); });
    }
    observer_.refused(refusal, hint);
    co_await rest(*resend.delay(refusals, random_chance(), refusal.failure.retry_after));
}

std::string Sink::way_past(const Delivery& delivery) const
{
    if (delivery.id.empty())
        return {};
    return "simsync consumer skip sink:" + options_.name + " --account " + delivery.account;
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
