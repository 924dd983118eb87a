#include "daemon/watcher.hpp"

#include "daemon/log.hpp"
#include "io/clock.hpp"
#include "model/backoff.hpp"
#include "postgres/failures.hpp"
#include "store/event_rows.hpp"
#include "store/watched_rows.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <map>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;
using namespace std::chrono;

// PostgreSQL ends the session of a leader that is silent for 10 s (WriterSession::beat), so a takeover stays
// within 15 s.
constexpr milliseconds leases_interval{2'000};
// While one that was given back is not seen to be taken: the next one waits for it. Whoever takes it says so;
// this is for one whose word is lost, or who is of an older version.
constexpr milliseconds hand_over_interval{250};
// People wait for it; asking costs PostgreSQL one look at an index of few rows.
constexpr milliseconds requests_interval{500};
// A read of a few rows by their key; sooner behind a ring, for the last before a server dies are what it
// lacks.
constexpr milliseconds events_interval{2'000};
constexpr milliseconds events_after_ring{100};
// Nothing is written while nothing is loaded, and most accounts are loaded within that.
constexpr milliseconds loading_interval{2'000};
// A few milliseconds; Prometheus asks about as often.
constexpr milliseconds consumers_interval{10'000};
// However many commits there are, the lock that NOTIFY takes is taken so often at most.
constexpr milliseconds between_rings{50};

} // namespace

Watcher::Watcher(const asio::any_io_executor& executor, DatabaseOutage& outage, std::function<void()> ended)
    : executor_(executor),
      on_end_(std::move(ended)),
      log_(outage),
      looks_{
          {&Watcher::look_for_leases, leases_interval},
          {&Watcher::look_for_requests, requests_interval},
          {&Watcher::look_at_events, events_interval},
          {&Watcher::note_loading, loading_interval},
          {&Watcher::look_at_consumers, consumers_interval}},
      news_(executor)
{
    listen(free_channel, [this](const std::string& account) { hear_of_free_lease(account); });
    listen(
        taken_channel,
        [this](const std::string& account) { accounts_.heard_taken(account, steady_clock::now()); });
    listen(watch_channel, [this](const std::string& payload) { hear_who_is_asked_for(payload); });
    listen(events_channel, [this](const std::string& payload) { hear_of_events(payload); });
}

Watcher::~Watcher()
{
    thread_.run_and_wait([this] { watch_.reset(); });
}

void Watcher::watch(const Config& config)
{
    const auto sum = connection_sum(config);
    accounts_.share(account_names(config), url_ != config.database_url);
    moved_ = moved_ || url_ != config.database_url || sum.text() != sum_.text();
    url_ = config.database_url;
    sum_ = sum;
    look_soon();
}

void Watcher::leave()
{
    leaving_ = true;
    news_.wake();
}

// While we wait for somebody to take what we gave, it is we who have begun to stand by.
void Watcher::look_soon()
{
    look_within(accounts_.shares().awaits_taking() ? hand_over_interval : 0ms);
}

void Watcher::look_within(milliseconds time)
{
    look_within(&Watcher::look_for_leases, time);
}

void Watcher::look_within(awaitable<void> (Watcher::*look)(), milliseconds time)
{
    auto& due = std::ranges::find(looks_, look, &Look::look)->due;
    due = std::min(due, steady_clock::now() + time);
    news_.wake();
}

bool Watcher::begin_giving(const std::string& account)
{
    return !leaving_ && accounts_.begin_giving(account, steady_clock::now());
}

void Watcher::gave(const std::string& account)
{
    accounts_.gave(account, steady_clock::now());
    look_within(hand_over_interval);
}

void Watcher::took(const std::string& account)
{
    accounts_.took(account);
    news_.wake();
}

Ring Watcher::ring()
{
    return [this](const std::string& account, std::int64_t seq)
    { asio::post(executor_, [this, account, seq] { ring_for(account, seq); }); };
}

void Watcher::ring_for(const std::string& account, std::int64_t seq)
{
    pending_[account] = seq;
    news_.wake();
}

void Watcher::listen(std::string channel, std::function<void(const std::string& payload)> hear)
{
    heard_by_[std::move(channel)] = std::move(hear);
}

void Watcher::begin()
{
    if (std::exchange(begun_, true))
        return;
    for (const auto& each : accounts_.all())
        each.begun();
}

void Watcher::stop()
{
    stopping_ = true;
    news_.wake();
}

awaitable<void> Watcher::run()
{
    while (!is_done())
    {
        try
        {
            co_await watch_until_lost();
        }
        catch (const OutOfConnections& error)
        {
            has_failed(with_sum(error, sum_));
        }
        catch (const StoreError& error)
        {
            has_failed(error);
        }
        begin();
        if (stopping_) // what could not be rung for by now is rung for by the next leader
            break;
        if (log_.failures() > 0) // else it is another database that is to be watched
            co_await rest(*reconnect.delay(log_.failures(), random_chance()));
    }
    co_await thread_([this] { watch_.reset(); });
    log_.ends();
    ended_ = true;
    on_end_();
}

awaitable<void> Watcher::rest(milliseconds duration)
{
    const auto until = steady_clock::now() + duration;
    while (!stopping_ && steady_clock::now() < until)
        co_await news_.wait_until(until);
}

// All that happens on one connection. Returns where there is another database to watch, or nothing more to
// do.
awaitable<void> Watcher::watch_until_lost()
{
    co_await connect();
    while (!is_done() && !moved_)
    {
        co_await leave_in_time();
        co_await tell_of_leases();
        co_await ring_pending();
        for (auto& each : looks_)
            if (!stopping_ && steady_clock::now() >= each.due)
            {
                each.due = steady_clock::now() + each.interval;
                co_await (this->*each.look)();
                co_await ring_pending();
            }
        log_.goes_on();
        co_await hear();
        if (!is_done() && !moved_ && steady_clock::now() < next_due())
            co_await socket_->wait_until(news_, next_due());
    }
}

awaitable<void> Watcher::connect()
{
    moved_ = false;
    socket_.reset();
    const auto [room, socket] = co_await thread_(
        [this, url = url_, accounts = accounts_.shared(), leaving = leaving_]
        {
            watch_.reset();
            watch_ = std::make_unique<Watch>(url);
            for (const auto& [channel, hear] : heard_by_)
                watch_->listen(channel);
            if (!leaving)
                watch_->enter(accounts);
            return std::pair(watch_->room(accounts), watch_->socket());
        });
    watch_socket(socket);
    begin();
    for (auto& each : looks_)
        each.due = {};
    log_.judge(sum_, room);
}

void Watcher::watch_socket(int socket)
{
    try
    {
        socket_ = std::make_unique<SocketWatch>(executor_, socket);
    }
    catch (const std::system_error& error)
    {
        throw_translated_watch(error);
    }
}

// Before it is told of leases that we give back: whoever hears of one then reckons without us.
awaitable<void> Watcher::leave_in_time()
{
    if (!leaving_ || std::exchange(has_left_share_, true))
        co_return;
    co_await on_thread([](Watch& watch) { watch.leave(); });
}

// Whoever is not told, for it fails, looks by himself.
awaitable<void> Watcher::tell_of_leases()
{
    if (accounts_.news().empty())
        co_return;
    const auto news = accounts_.take_news();
    co_await on_thread([&news](Watch& watch) { watch.tell(news); });
}

void Watcher::hear_of_free_lease(const std::string& account)
{
    if (!accounts_.heard_free(account, steady_clock::now()))
        look_soon();
}

// What was committed while it rang waits for the next time.
awaitable<void> Watcher::ring_pending()
{
    if (pending_.empty() || steady_clock::now() < rung_ + between_rings)
        co_return;
    rung_ = steady_clock::now();
    const auto newest = pending_;
    co_await on_thread([&newest](Watch& watch) { watch.ring(newest); });
    std::erase_if(
        pending_, [&newest](const auto& each)
        { return newest.contains(each.first) && newest.at(each.first) == each.second; });
}

awaitable<void> Watcher::look_for_leases()
{
    if (leaving_)
        co_return;
    const auto asked = steady_clock::now();
    const auto standing = accounts_.standing_by();
    const auto seen =
        co_await on_thread([accounts = accounts_.shared()](Watch& watch) { return watch.look(accounts); });
    const auto alive = std::max<std::size_t>(accounts_.shares().alive(), 1);
    accounts_.saw(seen, asked, standing);
    accounts_.hand_over_one(steady_clock::now());
    if (accounts_.shares().alive() != alive)
        log::info(
            "", "shares the accounts with instances that have the same",
            {{"instances", accounts_.shares().alive()}, {"share", accounts_.shares().share()}});
    if (accounts_.shares().awaits_taking())
        look_within(hand_over_interval);
}

awaitable<void> Watcher::look_for_requests()
{
    const auto accounts = co_await on_thread([](Watch& watch) { return watch.accounts_with_requests(); });
    for (const auto& each : accounts_.all())
        if (std::ranges::find(accounts, each.account) != accounts.end())
            each.requested();
}

awaitable<void> Watcher::look_at_events()
{
    const auto standing = accounts_.standing_by();
    if (standing.empty())
        co_return;
    const auto last = co_await on_thread([&standing](Watch& watch) { return watch.last_events(standing); });
    for (const auto& each : accounts_.all())
        if (const auto found = last.find(each.account); found != last.end() && each.stands_by())
            each.last_event(found->second);
}

// The account's own connection is busy with it.
awaitable<void> Watcher::note_loading()
{
    std::map<std::string, Loaded> loaded;
    for (const auto& each : accounts_.all())
        if (const auto so_far = each.loading())
            loaded.emplace(each.account, *so_far);
    if (!loaded.empty())
        co_await on_thread([&loaded](Watch& watch) { watch.note_loading(loaded); });
}

awaitable<void> Watcher::look_at_consumers()
{
    std::map<std::string, std::vector<ConsumerPosition>> positions;
    for (auto& position : co_await on_thread([](Watch& watch) { return watch.consumers(); }))
        positions[position.account].push_back(std::move(position));
    for (const auto& each : accounts_.all())
        each.consumers(positions[each.account]);
}

// What has come by now, with the answers to what we asked as well.
awaitable<void> Watcher::hear()
{
    for (const auto& each : co_await on_thread([](Watch& watch) { return watch.notifications(); }))
        if (const auto hear = heard_by_.find(each.channel); hear != heard_by_.end())
            hear->second(each.payload);
}

void Watcher::hear_who_is_asked_for(const std::string& payload)
{
    const auto asked_for = watched_sim(payload);
    for (const auto& each : accounts_.all())
        if (asked_for && each.account == asked_for->account)
            each.asked_for(asked_for->sim);
}

// Anybody may ring, so that it is no more than a reason to look.
void Watcher::hear_of_events(const std::string& payload)
{
    if (accounts_.stands_by(payload.substr(0, payload.find(':'))))
        look_within(&Watcher::look_at_events, events_after_ring);
}

Watcher::Time Watcher::next_due() const
{
    if (!accounts_.news().empty() || (leaving_ && !has_left_share_))
        return {};
    auto due = pending_.empty() ? Time::max() : rung_ + between_rings;
    if (!stopping_)
        for (const auto& each : looks_)
            due = std::min(due, each.due);
    return due;
}

// Nobody knows who leads, until the next look.
void Watcher::has_failed(const StoreError& error)
{
    log_.failed(error);
    accounts_.lost_sight(std::current_exception());
}

Watcher::Seat::Seat(Watcher& watcher, AccountWatch watch)
    : watcher_(watcher),
      place_(watcher.accounts_.add(std::move(watch)))
{
}

Watcher::Seat::~Seat()
{
    watcher_.accounts_.remove(place_);
}

} // namespace simsync
