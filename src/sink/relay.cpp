// How the events of a webhook go side by side: in rounds, each of which looks whose position was moved, reads
// on while there is room, and acknowledges what has arrived. What may be sent at once is the outbox's.
#include "sink/sink.hpp"

#include <algorithm>
#include <set>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

constexpr std::size_t events_at_once = 1'000;
// An acknowledgement is a commit: what arrives meanwhile shares it. So much may come twice after a crash.
constexpr milliseconds acknowledged_every{100};
// Without a commit that was notified: what comes otherwise, a new account or a stream that began anew, is
// seen so late.
constexpr milliseconds read_every{5'000};

// Enough for what is on its way, and for as much again that waits to be read behind it; an event is some
// kilobytes.
std::size_t look_ahead_of(const SinkOptions& options)
{
    return std::clamp<std::size_t>(4 * options.concurrency * options.batch, 2'048, 16'384);
}

std::string label_of(const EventRecord& event)
{
    return "event " + std::to_string(event.seq) + " of account \"" + event.account + '"';
}

Refusal about(const std::string& what, Refusal refusal)
{
    refusal.failure.what = what + ": " + refusal.failure.what;
    return refusal;
}

} // namespace

std::unique_ptr<Outbox> Sink::make_outbox(const boost::asio::any_io_executor& executor)
{
    if (options_.type != SinkType::webhook)
        return nullptr;
    webhook_ = std::make_unique<WebhookSender>(
        executor, WebhookOptions{
                      address_, options_.secret, options_.timeout, options_.ca_file, options_.user_agent,
                      options_.batch > 1});
    OutboxObserver observer;
    observer.may_send = [this] { return goes_on() && link_ && !SinkDatabase::is_lost(*link_); };
    observer.landed = [this] { alarm_.wake(); };
    observer.delivered = [this](std::size_t events)
    {
        done_since_ += events;
        observer_.delivered(static_cast<std::int64_t>(events));
    };
    observer.held = [this](const EventRecord& event, const Refusal& refusal)
    {
        note_refused(event, refusal);
        observer_.refused(
            about(label_of(event), refusal), delivery_hint(refusal, way_past(event.account)),
            label_of(event));
    };
    observer.released = [this](const EventRecord& event) { observer_.released(label_of(event)); };
    observer.failed = [this](const EventRecord& first, std::size_t events, const Refusal& refusal)
    {
        if (is_gone(refusal))
            return;
        note_refused(first, refusal);
        const auto what = events == 1
                              ? label_of(first)
                              : std::to_string(events) + " events, the first of them " + label_of(first);
        observer_.refused(about(what, refusal), delivery_hint(refusal, way_past(first.account)), "");
    };
    observer.slowed = [this](const Refusal& refusal) { observer_.slowed(refusal); };
    return std::make_unique<Outbox>(
        executor, OutboxOptions{options_.concurrency, options_.batch, look_ahead_of(options_)},
        [this](const Window::Group& group) { return webhook_->send(group); }, std::move(observer));
}

// What it is stuck at says which event that is in words of its own.
void Sink::note_refused(const EventRecord& event, const Refusal& refusal)
{
    stuck_.refused(event.account, event.seq, refusal.failure.what, steady_clock::now());
}

// One round. Never is there more to do at once: see wait_for_work.
awaitable<bool> Sink::relay()
{
    round_began_ = steady_clock::now();
    const auto moved = co_await on_database([this] { return consumer_->moved(); });
    for (const auto& [account, position] : moved)
    {
        outbox_->moved(account, position);
        stuck_.moved(account);
    }
    outbox_->trust(round_began_);
    if (!moved.empty() || reads_more(round_began_))
        co_await read_more();
    co_await acknowledge_arrived();
    if (const auto& gone = outbox_->gone(); gone && !down_)
        co_await go_down(*gone, delivery_hint(*gone, ""));
    co_return false;
}

// There may be more, and half of what was read last is done with; or there is news.
bool Sink::reads_more(Time now) const
{
    return read_behind_ != database_->count_of_news() || now >= read_at_ + read_every ||
           (last_read_ > 0 && 2 * done_since_ >= last_read_);
}

awaitable<void> Sink::read_more()
{
    read_at_ = round_began_;
    read_behind_ = database_->count_of_news();
    auto& window = outbox_->window();
    std::vector<ReadFrom> from;
    for (const auto& [account, seq] : window.entered())
        from.push_back({account, seq, window.room(account)});
    const auto of_others = window.room_of_a_newcomer();
    auto events =
        co_await on_database([&] { return consumer_->read_ahead(from, of_others, events_at_once); });
    std::size_t entered = 0;
    std::size_t unwanted = 0;
    std::set<std::string> full; // accounts: what comes behind one that finds no room finds none either
    for (auto& event : events)
    {
        if (full.contains(event.account) || window.room(event.account) == 0)
        {
            full.insert(event.account);
            continue;
        }
        ++entered;
        if (options_.wanted.takes(event))
            window.add(std::move(event));
        else
        {
            window.pass(event.account, event.seq);
            ++unwanted;
        }
    }
    last_read_ = events.empty() ? 0 : std::max<std::size_t>(entered, 1);
    done_since_ = unwanted;
    if (unwanted > 0)
        observer_.passed(static_cast<std::int64_t>(unwanted));
    outbox_->send();
}

awaitable<void> Sink::acknowledge_arrived()
{
    auto& window = outbox_->window();
    const auto now = steady_clock::now();
    if (window.done().empty() || (outbox_->on_their_way() > 0 && now < acknowledged_at_ + acknowledged_every))
        co_return;
    acknowledged_at_ = now;
    const auto done = window.done();
    co_await on_database([&] { consumer_->acknowledge(done); });
    for (const auto& [account, seq] : done)
    {
        window.acknowledged(account, seq);
        stuck_.acknowledged(account, seq);
    }
}

// What is on its way; nothing more is sent.
awaitable<void> Sink::let_arrive()
{
    while (outbox_ && outbox_->on_their_way() > 0)
        co_await alarm_.wait();
}

// When there is something to do in the next one, if nothing happens meanwhile.
Sink::Time Sink::next_round() const
{
    if (outbox_->gone() || (last_read_ > 0 && 2 * done_since_ >= last_read_))
        return round_began_;
    auto next = read_at_ + read_every;
    if (!outbox_->window().done().empty())
        next = outbox_->on_their_way() == 0 ? round_began_
                                            : std::min(next, acknowledged_at_ + acknowledged_every);
    if (const auto due = outbox_->next_due())
        next = std::min(next, *due);
    return next;
}

} // namespace simsync
