// The life of one sink: take the lock, read on, send, acknowledge. How a webhook's events go side by side is
// in relay.cpp, how alerts are sent in sending.cpp, how events are published in publishing.cpp.
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
// More than are in flight, so that a look into the database is seldom waited for.
constexpr std::size_t events_published_at_once = 1'000;
constexpr milliseconds standby_interval{2'000};
// A stop is noticed so late, and a lost notification costs so much.
constexpr milliseconds longest_wait{1'000};
// However often is committed: what comes meanwhile is read together.
constexpr milliseconds shortest_round{10};
// A consumer that cannot read on is looked at again so soon: a person is at work.
constexpr milliseconds lost_interval{5'000};

// What an HTTP connection leads to; a NATS sink makes none.
Address address_of(const SinkOptions& options)
{
    return options.type == SinkType::nats ? Address{} : parse_address(options.url).value();
}

std::unique_ptr<NatsSender> nats_sender(const SinkOptions& options)
{
    if (options.type != SinkType::nats)
        return nullptr;
    return std::make_unique<NatsSender>(
        nats_options(options.url, options.subject, options.timeout, options.ca_file));
}

} // namespace

Sink::Sink(
    const boost::asio::any_io_executor& executor, std::shared_ptr<SinkDatabase> database, SinkOptions options,
    SinkObserver observer)
    : options_(std::move(options)),
      observer_(std::move(observer)),
      address_(address_of(options_)),
      secrets_{address_.path, address_.query},
      connection_(
          executor, address_.endpoint, std::make_shared<Trust>(options_.ca_file),
          HttpOptions{options_.user_agent, longest_receipt, true}),
      alarm_(executor),
      nats_(nats_sender(options_)),
      outbox_(make_outbox(executor)),
      database_(std::move(database))
{
    database_->wake_with_news(alarm_);
}

// Also where `run` did not end: what it has begun on the thread is waited for.
Sink::~Sink()
{
    database_->wake_no_more(alarm_);
    database_->finish([this] { consumer_.reset(); });
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
    co_await let_arrive();
    co_await give_lock_back();
    while (!stopping_)
        co_await alarm_.wait();
}

// All that happens on one database connection: take the right to deliver, begin at the position, deliver,
// wait for more. Returns when told to stop; throws when the connection is lost.
awaitable<void> Sink::serve()
{
    if (outbox_)
        outbox_->begin_anew();
    link_ = co_await database_->connect();
    co_await on_database(
        [this]
        {
            consumer_.reset(); // of a connection before this one
            consumer_ = std::make_unique<Consumer>(
                SinkDatabase::connection_of(link_), database_->url(), "sink:" + options_.name);
        });
    if (!co_await take_lock())
        co_return;
    reads_on_ = false;
    left_out_.clear();
    while (goes_on())
    {
        const auto seen = database_->count_of_news();
        const bool more = co_await read_on();
        // Where the events were numbered anew, what stands is told all the same: Alertmanager would end it.
        if (options_.type == SinkType::alertmanager && goes_on())
            co_await repeat_alerts();
        if (reads_on_)
            co_await note_stuck();
        if (!reads_on_ && goes_on())
            co_await rest(lost_interval);
        else if (!more && goes_on())
            co_await wait_for_work(seen);
    }
    co_await let_arrive();
    if (outbox_)
        co_await acknowledge_arrived();
}

// As deliver_next. Where the consumer cannot read on, it is down until a person has moved it, or a leader has
// found that all its position lacks are events that were lost: both are looked for anew each time.
awaitable<bool> Sink::read_on()
{
    try
    {
        if (!reads_on_)
        {
            co_await on_database([this] { consumer_->begin_now(); });
            co_await on_database([this] { return consumer_->next(1); });
            co_await on_database([this] { consumer_->note_up(); });
            if (nats_)
                nats_->remember(co_await on_database([this] { return consumer_->held(); }));
            reads_on_ = true;
            if (outbox_)
                outbox_->begin_anew();
            stuck_.begin_anew(steady_clock::now());
            observer_.began();
        }
        const bool more = outbox_ ? co_await relay()
                          : nats_ ? co_await publish_next()
                                  : co_await deliver_next();
        failures_ = 0;
        co_return more;
    }
    catch (const ConsumerLost& error)
    {
        reads_on_ = false;
        if (outbox_)
            outbox_->begin_anew();
        lost_ = error;
    }
    if (goes_on())
        observer_.lost(*lost_);
    co_await on_database([this] { consumer_->note_down(lost_->what(), lost_->hint()); });
    co_return false;
}

awaitable<void> Sink::give_lock_back()
{
    if (!link_)
        co_return;
    try
    {
        co_await on_database([this] { consumer_.reset(); });
    }
    catch (const StoreError&) // NOLINT(bugprone-empty-catch)
    {
        // It went with the connection.
    }
}

// False where we were told to stop while another instance delivers.
awaitable<bool> Sink::take_lock()
{
    for (bool notified = false; !stopping_;)
    {
        if (co_await on_database([this] { return consumer_->try_lock(); }))
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
    co_await on_database([&] { consumer_->acknowledge(done); });
    for (const auto& [account, seq] : done)
        stuck_.acknowledged(account, seq);
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
    const auto read = co_await on_database(
        [this]
        {
            Read found{consumer_->next(nats_ ? events_published_at_once : events_at_once), {}, {}};
            if (!found.events.empty() && nats_)
                found.streams = consumer_->streams();
            if (!found.events.empty() && options_.type == SinkType::alertmanager)
                found.contexts = consumer_->alert_contexts(found.events);
            return found;
        });
    events = read.events.size();
    if (events == 0)
        co_return std::vector<Delivery>{};
    co_return nats_ ? webhook_deliveries(read.events, options_.wanted, read.streams)
                    : alert_deliveries(read.events, read.contexts, options_.wanted);
}

// What stands is read behind the events that were sent, so that nothing resolved comes back; for the same
// reason what is not taken is read anew before it is told again.
awaitable<void> Sink::repeat_alerts()
{
    if (steady_clock::now() < alerts_due_)
        co_return;
    auto standing = co_await on_database([this] { return consumer_->standing(); });
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
    co_return !co_await on_database([this] { return consumer_->has_moved(); });
}

// Again and again, as long as it is ours to send. What came before it is acknowledged as soon as it has to
// wait: who looks at the consumer, or skips what stands in its way, finds this very event next.
awaitable<Sink::Sent> Sink::send(const Delivery& delivery, std::map<std::string, std::int64_t>& done)
{
    for (int refusals = 1; goes_on(); ++refusals)
    {
        const bool is_ours = co_await is_next();
        for (const auto& [account, seq] : delivery.upto)
            if (!is_ours)
                stuck_.moved(account);
        if (!is_ours)
            co_return Sent::not_ours;
        const auto refusal = co_await deliver(delivery);
        if (!refusal)
            co_return Sent::taken;
        for (const auto& [account, seq] : delivery.upto)
            stuck_.refused(account, seq, refusal->failure.what, steady_clock::now());
        co_await acknowledge(done);
        co_await come_again(*refusal, refusals, delivery.id.empty() ? "" : way_past(delivery.account));
    }
    co_return Sent::stopped;
}

awaitable<void> Sink::come_again(const Refusal& refusal, int refusals, const std::string& way_past)
{
    if (stopping_)
        co_return;
    const auto hint = delivery_hint(refusal, way_past);
    if (is_gone(refusal))
        co_return co_await go_down(refusal, hint);
    observer_.refused(refusal, hint, "");
    co_await note_stuck();
    co_await rest(*resend.delay(refusals, random_chance(), refusal.failure.retry_after));
}

// For whoever looks at consumers from elsewhere: the log is told at once, and of more.
awaitable<void> Sink::note_stuck()
{
    const auto now = steady_clock::now();
    const auto stuck = stuck_.to_note(now);
    if (!stuck)
        co_return;
    std::map<std::string, Consumer::StuckAt> noted;
    for (const auto& [account, event] : *stuck)
        noted.emplace(
            account,
            Consumer::StuckAt{event.seq, duration_cast<milliseconds>(now - event.since), event.error});
    co_await on_database([&] { consumer_->note_stuck(noted); });
}

// Nothing more is sent until a person acts.
awaitable<void> Sink::go_down(const Refusal& refusal, const std::string& hint)
{
    down_ = true;
    observer_.gone(refusal, hint);
    co_await on_database([&] { consumer_->note_down(refusal.failure.what, hint); });
}

std::string Sink::way_past(const std::string& account) const
{
    return "simsync consumer skip sink:" + options_.name + " --account " + account;
}

awaitable<void> Sink::rest(milliseconds duration)
{
    const auto until = steady_clock::now() + duration;
    while (!stopping_ && steady_clock::now() < until)
        co_await alarm_.wait_until(until);
}

// For a commit since then, for what was sent, or for the time at which something is due.
awaitable<void> Sink::wait_for_work(std::uint64_t seen)
{
    const auto latest = steady_clock::now() + longest_wait;
    while (!stopping_)
    {
        auto until = outbox_ ? std::min(latest, next_round()) : latest;
        if (database_->count_of_news() != seen)
            until = outbox_ ? std::min(until, round_began_ + shortest_round) : Time{};
        if (steady_clock::now() >= until)
            co_return;
        co_await alarm_.wait_until(until);
    }
}

std::string Sink::origin() const
{
    return nats_ ? parse_nats_address(options_.url).value().origin() : address_.endpoint.origin();
}

void Sink::stop()
{
    stopping_ = true;
    if (nats_)
        nats_->stop();
    alarm_.wake();
}

void Sink::cut()
{
    connection_.close();
    if (webhook_)
        webhook_->cut();
    if (nats_)
        nats_->cut();
}

} // namespace simsync
