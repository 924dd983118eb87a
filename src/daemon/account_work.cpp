// What an account does side by side while it leads: sweeps at the cadence, the watch over what the sweeps do
// not tell of, the history.
#include "daemon/account.hpp"

#include "io/clock.hpp"
#include "model/backoff.hpp"
#include "model/cadence.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;
using namespace std::chrono;

// How often freshness is judged.
constexpr milliseconds watch_interval{1'000};
// A month's partition is made two months ahead and dropped by the month: once a day is plenty. What holds it
// up is looked at sooner, and ever more seldom.
constexpr hours history_interval{24};
// Each is looked up with its SIM: a fraction of a second.
constexpr std::size_t conditions_at_once = 20'000;
constexpr Backoff housekeeping_again{
    .first = milliseconds{2'000}, .longest = milliseconds{3'600'000}, .patience = 0};

} // namespace

// They run until one of them fails or we are told to stop; then all end.
awaitable<void> Account::work_side_by_side()
{
    const auto spawn = [this](awaitable<void> work)
    { return asio::co_spawn(executor_, guarded(std::move(work)), asio::deferred); };
    co_await asio::experimental::make_parallel_group(
        spawn(sweep_loop()), spawn(lead_->expiry_watcher.run()), spawn(lead_->actions.run()),
        spawn(lead_->recent_looker.run()), spawn(watch_loop()), spawn(keep_history()))
        .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    if (error_)
        std::rethrow_exception(std::exchange(error_, nullptr));
}

awaitable<void> Account::guarded(awaitable<void> work)
{
    try
    {
        co_await std::move(work);
    }
    catch (...)
    {
        if (!error_)
            error_ = std::current_exception();
    }
    end_work();
}

void Account::end_work()
{
    if (lead_)
        lead_->stop();
    alarm_.wake();
}

awaitable<void> Account::sweep_loop()
{
    // Taken over from another instance, it goes on in that one's rhythm.
    const auto rhythm = delay_of_taken_over();
    co_await rest(rhythm ? *rhythm : first_delay());
    const Cadence cadence{steady_clock::now(), account_.sweep_interval, rhythm ? 0 : phase()};
    while (!ending())
    {
        co_await sweep();
        if (!ending() && watcher_.begin_giving(account_.name))
            hand_over();
        if (!ending())
            co_await rest_until(cadence.next(steady_clock::now(), random_chance()));
    }
}

// One account alone has the machine to itself.
double Account::phase() const
{
    return config_->accounts.size() < 2 ? 0 : phase_of(account_.name);
}

milliseconds Account::first_delay() const
{
    return simsync::first_delay(phase(), config_->accounts.size(), account_.sweep_interval);
}

// One account alone begins at once whenever the program is started: whoever starts it waits for what it says.
std::optional<milliseconds> Account::delay_of_taken_over() const
{
    const auto& last = lead_->mirror.ledger().last_complete_sweep;
    if (!last || config_->accounts.size() < 2)
        return std::nullopt;
    return resumed_delay(
        floor<milliseconds>(system_clock::now() - last->started_at), account_.sweep_interval);
}

awaitable<void> Account::sweep()
{
    sweeping_ = true;
    auto& mirror = lead_->mirror;
    const auto report = co_await lead_->sweeper.run_once();
    auto& looker = lead_->recent_looker;
    looker.sweep_ended(report.record);
    reporter_.looks_are_worth(looker.share(), looker.seldom());
    reporter_.sweep_finished(report, mirror);
    reporter_.emitted(co_await mirror.emit_account_events(report), mirror);
    sweeping_ = false;
}

awaitable<void> Account::watch_loop()
{
    while (!ending())
    {
        co_await judge_freshness();
        co_await count_conditions();
        co_await rest(watch_interval);
    }
}

// A mirror that is stuck says so by itself, whatever holds up its sweeps.
awaitable<void> Account::judge_freshness()
{
    const auto why = reporter_.why_stale(steady_clock::now(), config_->alert.stale_after);
    if (!why || lead_->mirror.ledger().degraded)
        co_return;
    try
    {
        if (co_await lead_->mirror.emit_degraded({{"error", *why}}))
            reporter_.degraded(*why);
    }
    catch (const StoreError& error)
    {
        // The sweeps may get on all the same, and the next look tries again.
        reporter_.database_failed(error);
    }
}

// For the metrics. In pieces, between which the lane writes for whoever waits. A count that fails costs no
// more than itself; where the connection is lost, the lane's next beat finds that out.
awaitable<void> Account::count_conditions()
{
    const auto began = steady_clock::now();
    if (!reporter_.wants_conditions(began))
        co_return;
    reporter_.counts_conditions();
    try
    {
        EventCounts standing;
        for (std::optional<std::string> after = ""; after;)
        {
            auto counted = co_await database_(
                [&after](Mirror& mirror) { return mirror.count_conditions(*after, conditions_at_once); });
            for (const auto& [kind, count] : counted.counts)
                standing[kind] += count;
            after = std::move(counted.upto);
        }
        if (config_->alert.balance_low.value_or(Money{}) <= Money{}) // SIMs are spent without being low
            standing.erase(Kind::balance_depleted);
        reporter_.conditions(standing, began);
    }
    catch (const StoreError& error)
    {
        reporter_.conditions_unknown(error, began);
    }
}

awaitable<void> Account::keep_history()
{
    co_await rest(first_delay());
    for (int failures = 0; !ending();)
    {
        reporter_.keeps_house();
        const auto troubles = co_await database_(
            [this](Mirror& mirror) { return mirror.keep_partitions(config_->events_retention); });
        reporter_.has_kept_house(troubles);
        failures = troubles.empty() ? 0 : failures + 1;
        co_await rest(
            failures == 0 ? history_interval : *housekeeping_again.delay(failures, random_chance()));
    }
}

} // namespace simsync
