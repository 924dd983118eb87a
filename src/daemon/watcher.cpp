#include "daemon/watcher.hpp"

#include "daemon/account_log.hpp"
#include "daemon/log.hpp"
#include "io/clock.hpp"
#include "model/backoff.hpp"
#include "store/event_rows.hpp"
#include "store/membership.hpp"
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
// While one that was given back is not seen to be taken: the next one waits for it.
constexpr milliseconds hand_over_interval{100};
// People wait for it; asking costs PostgreSQL one look at an index of few rows.
constexpr milliseconds requests_interval{500};
// Costs the server nothing.
constexpr milliseconds notifications_interval{250};
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
constexpr Backoff reconnect{.first = milliseconds{250}, .longest = milliseconds{2'000}, .patience = 0};

constexpr milliseconds told_after{5'000};

const std::string who = "the watch over all accounts";

// In order, which is the same on all instances.
std::vector<std::string> names_of(const std::vector<AccountConfig>& accounts)
{
    std::vector<std::string> names;
    names.reserve(accounts.size());
    for (const auto& account : accounts)
        names.push_back(account.name);
    std::ranges::sort(names);
    return names;
}

} // namespace

Watcher::Watcher(const asio::any_io_executor& executor, DatabaseOutage& outage, std::function<void()> ended)
    : executor_(executor),
      outage_(outage),
      on_end_(std::move(ended)),
      looks_{
          {&Watcher::look_for_leases, leases_interval},
          {&Watcher::look_for_requests, requests_interval},
          {&Watcher::look_at_events, events_interval},
          {&Watcher::note_loading, loading_interval},
          {&Watcher::look_at_consumers, consumers_interval}},
      news_(executor)
{
    listen(lease_channel, [this](const std::string&) { look_soon(); });
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
    auto names = names_of(config.accounts);
    if (url_ != config.database_url || names != names_)
        shares_ = ShareKeeper(names);
    moved_ = moved_ || url_ != config.database_url || sum.text() != sum_.text();
    url_ = config.database_url;
    sum_ = sum;
    names_ = std::move(names);
    look_soon();
}

void Watcher::leave()
{
    leaving_ = true;
    news_.wake();
}

void Watcher::look_soon()
{
    look_within(0ms);
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
    if (leaving_ || !shares_.may_give(account, accounts_that(&AccountWatch::is_led), steady_clock::now()))
        return false;
    shares_.gives(account);
    return true;
}

void Watcher::gave(const std::string& account)
{
    shares_.gave(account, steady_clock::now());
    free_leases_.push_back(account);
    look_within(hand_over_interval);
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
    if (heard_by_.empty())
        looks_.push_back({&Watcher::look_for_notifications, notifications_interval});
    heard_by_[std::move(channel)] = std::move(hear);
}

void Watcher::begin()
{
    if (std::exchange(begun_, true))
        return;
    for (const auto& each : accounts_)
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
        if (failures_ > 0) // else it is another database that is to be watched
            co_await rest(*reconnect.delay(failures_, random_chance()));
    }
    co_await thread_([this] { watch_.reset(); });
    log_served(outage_.ends(who));
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
        co_await tell_of_free_leases();
        co_await ring_pending();
        for (auto& each : looks_)
            if (!stopping_ && steady_clock::now() >= each.due)
            {
                each.due = steady_clock::now() + each.interval;
                co_await (this->*each.look)();
                co_await ring_pending();
            }
        goes_on();
        if (!is_done() && !moved_ && steady_clock::now() < next_due())
            co_await news_.wait_until(next_due());
    }
}

awaitable<void> Watcher::connect()
{
    moved_ = false;
    const auto room = co_await thread_(
        [this, url = url_]
        {
            watch_.reset();
            watch_ = std::make_unique<Watch>(url);
            for (const auto& [channel, hear] : heard_by_)
                watch_->listen(channel);
            return watch_->room();
        });
    begin();
    for (auto& each : looks_)
        each.due = {};
    judge(room);
}

// Before it is told of leases that we give back: whoever hears of one then reckons without us.
awaitable<void> Watcher::leave_in_time()
{
    if (!leaving_ || std::exchange(has_left_share_, true))
        co_return;
    co_await on_thread([](Watch& watch) { watch.leave(); });
}

// Whoever is not told, for it fails, looks by himself.
awaitable<void> Watcher::tell_of_free_leases()
{
    if (free_leases_.empty())
        co_return;
    const auto accounts = std::exchange(free_leases_, {});
    co_await on_thread([&accounts](Watch& watch) { watch.tell_of_free_leases(accounts); });
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

std::vector<std::string> Watcher::accounts_that(std::function<bool()> AccountWatch::*are) const
{
    std::vector<std::string> accounts;
    for (const auto& each : accounts_)
        if ((each.*are)())
            accounts.push_back(each.account);
    std::ranges::sort(accounts);
    return accounts;
}

awaitable<void> Watcher::look_for_leases()
{
    if (leaving_)
        co_return;
    const auto asked = steady_clock::now();
    const auto standing = accounts_that(&AccountWatch::stands_by);
    const auto [seen, held] = co_await on_thread(
        [this, &standing](Watch& watch) { return std::pair(watch.look(names_), watch.leases(standing)); });
    const auto alive = std::max<std::size_t>(shares_.alive(), 1);
    shares_.saw(seen, asked); // how a hand-over ended the account tells
    if (shares_.alive() != alive)
        log::info(
            "", "shares the accounts with instances that have the same",
            {{"instances", shares_.alive()}, {"share", shares_.share()}});
    tell_standbys(standing, held);
    hand_over_one();
    if (shares_.awaits_taking())
        look_within(hand_over_interval);
}

// Who has begun to stand by while we looked waits for the next look, for this one may be older than the
// refusal. One whose lease is free, but not for us to take, goes on waiting; and one whom the ledger still
// names as the leader, for whoever has just taken what we gave has not entered his name yet.
void Watcher::tell_standbys(
    const std::vector<std::string>& standing, const std::map<std::string, Lease>& held)
{
    const auto now = steady_clock::now();
    for (const auto& each : accounts_)
    {
        if (!std::ranges::binary_search(standing, each.account) || !each.stands_by())
            continue;
        if (const auto lease = held.find(each.account); lease != held.end())
        {
            if (!lease->second.names_us)
                each.lease(lease->second);
        }
        else if (shares_.may_take(each.account, now))
            each.lease(std::nullopt);
    }
}

void Watcher::hand_over_one()
{
    const auto chosen = shares_.choose(
        accounts_that(&AccountWatch::is_led), accounts_that(&AccountWatch::is_idle), steady_clock::now());
    if (!chosen)
        return;
    shares_.gives(*chosen);
    std::ranges::find(accounts_, *chosen, &AccountWatch::account)->hand_over();
}

awaitable<void> Watcher::look_for_requests()
{
    const auto accounts = co_await on_thread([](Watch& watch) { return watch.accounts_with_requests(); });
    for (const auto& each : accounts_)
        if (std::ranges::find(accounts, each.account) != accounts.end())
            each.requested();
}

awaitable<void> Watcher::look_at_events()
{
    const auto standing = accounts_that(&AccountWatch::stands_by);
    if (standing.empty())
        co_return;
    const auto last = co_await on_thread([&standing](Watch& watch) { return watch.last_events(standing); });
    for (const auto& each : accounts_)
        if (const auto found = last.find(each.account); found != last.end() && each.stands_by())
            each.last_event(found->second);
}

// The account's own connection is busy with it.
awaitable<void> Watcher::note_loading()
{
    std::map<std::string, Loaded> loaded;
    for (const auto& each : accounts_)
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
    for (const auto& each : accounts_)
        each.consumers(positions[each.account]);
}

awaitable<void> Watcher::look_for_notifications()
{
    for (const auto& each : co_await on_thread([](Watch& watch) { return watch.notifications(); }))
        if (const auto hear = heard_by_.find(each.channel); hear != heard_by_.end())
            hear->second(each.payload);
}

void Watcher::hear_who_is_asked_for(const std::string& payload)
{
    const auto asked_for = watched_sim(payload);
    for (const auto& each : accounts_)
        if (asked_for && each.account == asked_for->account)
            each.asked_for(asked_for->sim);
}

// Anybody may ring, so that it is no more than a reason to look.
void Watcher::hear_of_events(const std::string& payload)
{
    const auto account = payload.substr(0, payload.find(':'));
    if (std::ranges::binary_search(accounts_that(&AccountWatch::stands_by), account))
        look_within(&Watcher::look_at_events, events_after_ring);
}

Watcher::Time Watcher::next_due() const
{
    if (!free_leases_.empty() || (leaving_ && !has_left_share_))
        return {};
    auto due = pending_.empty() ? Time::max() : rung_ + between_rings;
    if (!stopping_)
        for (const auto& each : looks_)
            due = std::min(due, each.due);
    return due;
}

// However often it fails: the log is told once of each cause, and by one of all that the database fails. It
// is for accounts to tell of a database that is away; where it is so for the watch alone, that is told.
void Watcher::has_failed(const StoreError& error)
{
    if (failures_++ == 0)
        blind_since_ = steady_clock::now();
    shares_.lost_sight();
    const auto failed = std::current_exception();
    for (const auto& each : accounts_)
        if (each.stands_by())
            each.lease_unknown(failed);
    const bool away = dynamic_cast<const DatabaseUnavailable*>(&error) != nullptr;
    const bool lasts = steady_clock::now() - blind_since_ > told_after;
    const bool news = away ? lasts && outage_.begins(who, error.hint()) : logged_ != error.hint();
    logged_ = error.hint();
    if (news)
        log::error("", who + " is blind: " + error.what(), {{"hint", error.hint()}});
    else
        log::debug("", who + ": " + error.what());
}

// Told again where it has become another one: an instance more, or a bound that was raised too little.
void Watcher::judge(const ConnectionRoom& room)
{
    const auto doubt = doubt_about_connections(sum_, room);
    if (doubt && doubt->what != doubt_)
        log::warn("", doubt->what, {{"hint", doubt->hint}});
    doubt_ = doubt ? doubt->what : "";
}

void Watcher::goes_on()
{
    if (std::exchange(failures_, 0) == 0)
        return;
    logged_.clear();
    log_served(outage_.ends(who));
}

Watcher::Seat::Seat(Watcher& watcher, AccountWatch watch)
    : watcher_(watcher),
      place_(watcher.accounts_.insert(watcher.accounts_.end(), std::move(watch)))
{
}

Watcher::Seat::~Seat()
{
    watcher_.accounts_.erase(place_);
}

} // namespace simsync
