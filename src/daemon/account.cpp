#include "daemon/account.hpp"

#include "daemon/assembly.hpp"
#include "daemon/capacity.hpp"
#include "io/clock.hpp"
#include "model/backoff.hpp"

#include <algorithm>

namespace simsync
{

using boost::asio::awaitable;
namespace asio = boost::asio;
using namespace std::chrono;

Account::Account(
    const asio::any_io_executor& executor, const SharedParts& shared, const AccountConfig& account,
    AccountMetrics& metrics, std::function<void()> stands)
    : executor_(executor),
      config_(shared.config),
      account_(account),
      reporter_(account_, metrics, shared.outage, shared.api_outage, std::move(stands)),
      token_file_(account),
      client_(executor, client_options(account), client_observer()),
      lane_(shared.lanes, lane_user()),
      database_(lane_.lane(), shared.watcher.ring()),
      alarm_(executor),
      watcher_(shared.watcher),
      watch_(shared.watcher, watch())
{
}

Account::~Account() = default;

ClientObserver Account::client_observer()
{
    auto observer = reporter_.client_observer();
    observer.token = [this](const LentToken& token) { reporter_.not_lent(token_file_.lend(token)); };
    return observer;
}

LaneUser Account::lane_user()
{
    return {
        [this] { return database_.number(); }, [this] { reporter_.database_answers(); },
        [this](const std::exception_ptr& why) { is_lost(why); }};
}

AccountWatch Account::watch()
{
    return {
        .account = account_.name,
        .begun = [this] { alarm_.wake(); },
        .stands_by = [this] { return standing_by_; },
        .lease =
            [this](const std::optional<Lease>& lease)
        {
            if (lease)
                return reporter_.stands_by(lease->leader());
            may_lead_ = true;
            alarm_.wake();
        },
        .lease_unknown = [this](const std::exception_ptr& why) { is_lost(why); },
        .last_event = [this](const LastEvent& last)
        { database_.seen().committed(account_.name, last.stream_id, last.seq); },
        .is_led = [this] { return lead_.has_value(); },
        .is_idle = [this] { return loaded_ && !sweeping_ && !ending(); },
        .hand_over = [this] { hand_over(); },
        .loading = [this] { return reporter_.loading(); },
        .requested =
            [this]
        {
            if (lead_)
                lead_->actions.requested();
        },
        .asked_for =
            [this](const std::string& sim)
        {
            if (lead_)
                lead_->recent_looker.watched().watch(sim, WatchReason::person);
        },
        .consumers =
            [this](const std::vector<ConsumerPosition>& positions)
        {
            if (lead_)
                reporter_.consumers_are(positions);
        }};
}

// All that goes on on the connection ends.
void Account::is_lost(const std::exception_ptr& why)
{
    if (!connected_)
        return;
    if (!error_)
        error_ = why;
    end_work();
}

awaitable<void> Account::run()
{
    reporter_.wants_to_lead();
    while (!stopping_ && !watcher_.has_begun()) // the connection that serves all comes first
        co_await alarm_.wait();
    while (!stopping_)
    {
        try
        {
            co_await mirror_while_leading();
        }
        catch (const OutOfConnections& error)
        {
            has_failed(with_sum(error, connection_sum(*config_)));
        }
        catch (const StoreError& error)
        {
            has_failed(error);
        }
        const bool handed_over = std::exchange(handing_over_, false);
        lose_lead();
        if (handed_over)
            co_await give_lease_back();
        else if (!stopping_) // the lane bounds what its server sees of it, however many accounts share it
            co_await rest(*reconnect.delay(std::max(reporter_.database_failures(), 1), random_chance()));
    }
    token_file_.withdraw();
    client_.close();
    co_await give_lease_back();
}

// Whoever is to have it takes it at once.
awaitable<void> Account::give_lease_back()
{
    co_await database_.disconnect();
    if (std::exchange(held_lease_, false))
        watcher_.gave(account_.name);
}

// What is under way ends, and then the lease is given back. Between two sweeps.
void Account::hand_over()
{
    handing_over_ = true;
    reporter_.hands_over();
    end_work();
}

// Others of the lane may have lost it too, and need not find out one by one.
void Account::has_failed(const StoreError& error)
{
    if (!stopping_)
        reporter_.database_failed(error);
    lane_.look();
}

// All that happens on one database connection: from connecting to losing it, or to being told to stop.
awaitable<void> Account::mirror_while_leading()
{
    co_await database_.connect(config_->database_url, account_.name);
    error_ = nullptr;
    connected_ = true;
    if (!co_await become_leader())
        co_return;
    co_await begin_leading();
    co_await work_side_by_side();
}

// False where we were told to stop while another instance leads.
awaitable<bool> Account::become_leader()
{
    watcher_.look_soon();
    while (!stopping_)
    {
        co_await stand_by();
        if (stopping_)
            break;
        auto leader = co_await take_lease(database_, account_.endpoint);
        held_lease_ = !leader;
        if (held_lease_)
        {
            watcher_.took(account_.name);
            co_return true;
        }
        reporter_.stands_by(std::move(*leader));
    }
    co_return false;
}

// Until the lease is free, and ours to take. Throws StoreError where that cannot be seen: then we ask for it
// again.
awaitable<void> Account::stand_by()
{
    may_lead_ = false;
    standing_by_ = true;
    while (!ending() && !may_lead_)
        co_await alarm_.wait();
    standing_by_ = false;
    if (error_ && !stopping_)
        std::rethrow_exception(std::exchange(error_, nullptr));
}

awaitable<void> Account::begin_leading()
{
    auto options = lead_options(*config_, account_);
    options.actions.between_looks.reset(); // the watcher looks for us
    lead_.emplace(executor_, client_, database_, std::move(options), reporter_.lead_observer());
    reporter_.leads(lead_->mirror);
    co_await load();
    reporter_.takes_over(lead_->mirror);
    loaded_ = true;
}

// Reads the ledger and the fleet. Where that fails it may fail for long, and no sweep comes that would be
// missed: so freshness is judged here before the error goes on its way.
awaitable<void> Account::load()
{
    std::exception_ptr unreadable;
    try
    {
        co_await lead_->load();
    }
    catch (const StoreError&)
    {
        unreadable = std::current_exception();
    }
    if (!unreadable)
        co_return;
    co_await judge_freshness();
    std::rethrow_exception(unreadable);
}

void Account::lose_lead()
{
    connected_ = false;
    loaded_ = false;
    sweeping_ = false;
    reporter_.loses_lead(); // it looks at what goes next
    lead_.reset();
    error_ = nullptr;
}

awaitable<void> Account::rest(milliseconds duration)
{
    return rest_until(steady_clock::now() + duration);
}

awaitable<void> Account::rest_until(Time time)
{
    while (!ending() && steady_clock::now() < time)
        co_await alarm_.wait_until(time);
}

void Account::stop()
{
    stopping_ = true;
    token_file_.withdraw(); // whatever happens from now on
    end_work();
}

void Account::stop_with_others()
{
    reporter_.ends_with_others();
    stop();
}

void Account::cut()
{
    client_.close();
}

} // namespace simsync
