// As daemon/account does it: connect, take the lease, load, sweep; after a lost connection from the
// beginning.
#include "simulation/life.hpp"

#include "simulation/run.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace simsync::simulation
{
namespace
{

using boost::asio::awaitable;

SweeperOptions options_of(const Scenario& scenario, const World& world, Chance chance)
{
    SweeperOptions options;
    options.plan = scenario.plan;
    options.guard = scenario.guard;
    options.scope = world.scope.filter();
    options.backoff = {.first = {}, .longest = {}, .patience = scenario.patience};
    options.chance = [chance]() mutable { return chance.share(); };
    return options;
}

// Whoever is watched is asked for by each look.
RecentOptions recent_options_of(const Scenario& scenario, const World& world)
{
    RecentOptions options;
    options.watch = {
        .plan = {.most = 10, .at_once = 5}, .now = [now = WatchList::Time{std::chrono::hours{1}}]() mutable {
            return now += std::chrono::milliseconds{400};
        }};
    options.plan = {.rows = std::max<std::uint64_t>(scenario.plan.page_size, 2), .most_pages = 3};
    options.scope = world.scope.filter();
    return options;
}

AccountMirrorOptions mirror_options_of(const Scenario& scenario, const World& world)
{
    AccountMirrorOptions options;
    options.account = "main";
    options.alert = scenario.alert;
    options.scope_text = world.scope.text();
    options.now = [&world] { return world.now(); };
    options.piece = scenario.piece;
    options.loaded_at_once = scenario.piece;
    return options;
}

// So many times a SIM that came and went must be missed before it is removed, at most.
constexpr int most_sweeps_awaited = 40;

// A sweep that the API wanted no part of.
SweepReport refused()
{
    SweepReport report;
    report.record.outcome = Outcome::failed;
    report.last_failure = {.kind = FailureKind::unauthorized, .what = "401"};
    return report;
}

} // namespace

Life::Life(const Scenario& scenario, Findings& findings)
    : scenario_(scenario),
      findings_(findings),
      chance_(scenario.seed),
      world_(scenario_, chance_.branch(), findings_),
      source_(world_, scenario_, chance_.branch(), findings_),
      database_(scenario_.conflict, chance_.branch(), findings_),
      event_oracle_(world_, source_, scenario_, findings_),
      mirror_oracle_(world_, source_, database_, scenario_, findings_),
      database_thread_(
          io_->get_executor(), [this](const std::string&, const std::string&) { return database_.connect(); })
{
    database_.auditor = &event_oracle_;
    database_.clock = [this] { return world_.now(); };
}

// What hangs refers to the others, so it goes first.
Life::~Life()
{
    io_.reset();
}

void Life::crash_at(std::uint64_t boundary)
{
    database_.crash_at(boundary);
}

void Life::live()
{
    for (int i = 0; i < scenario_.sweeps && findings_.clean(); ++i)
    {
        between_sweeps();
        sweep();
    }
    if (findings_.clean())
        come_to_rest();
}

void Life::between_sweeps()
{
    world_.pass_idle();
    take_lead();
    if (chance_.happens(0.5))
        finish(emit_due());
    if (chance_.happens(0.1) && sweeper_)
        finish(degrade());
    if (chance_.happens(scenario_.rescope))
        rescope();
    if (chance_.happens(0.3))
        database_.decide(chance_.happens(0.5) ? Decision::accepted : Decision::rejected);
}

void Life::sweep()
{
    take_lead();
    if (chance_.happens(scenario_.crash))
        database_.crash_at(database_.boundaries() + 1 + chance_.below(30));
    if (chance_.happens(scenario_.stop))
        stop_somewhere();
    if (sweeper_ && chance_.happens(scenario_.beside))
        boost::asio::co_spawn(*io_, write_beside(), boost::asio::detached);
    if (sweeper_ && chance_.happens(scenario_.looks))
        boost::asio::co_spawn(*io_, look_beside(), boost::asio::detached);
    if (const auto report = sweep_once())
        inspect(*report);
    else
        event_oracle_.absent_are_kept(); // perhaps: the sweep may have been committed to its end
    const bool stop_requested = std::exchange(source_.on_request, {}) != nullptr;
    if (std::exchange(connection_lost_, false) || stop_requested)
        lose_lead();
}

// A database that is away for long is asked again and again.
void Life::take_lead()
{
    while (!sweeper_ && findings_.clean())
        finish(lead());
}

void Life::stop_somewhere()
{
    source_.on_request = [this, left = chance_.below(20)]() mutable
    {
        if (left-- > 0)
            return;
        stop_requested_ = true;
        sweeper_->stop();
    };
}

std::optional<SweepReport> Life::sweep_once()
{
    if (!sweeper_)
        return std::nullopt;
    source_.begin_sweep(++sweeps_);
    stop_requested_ = false;
    findings_.log([&] { return "sweep " + std::to_string(sweeps_); });
    auto report = finish(walk());
    findings_.log(
        [&]
        {
            return report ? "  " + std::string(to_text(report->record.outcome)) + ' ' +
                                report->record.error.value_or("")
                          : "  lost";
        });
    return report;
}

// What looks beside it emit from its end on is judged by what it made of absent SIMs.
awaitable<SweepReport> Life::walk()
{
    auto report = co_await sweeper_->run_once();
    if (report.held + report.doubtful > 0)
        event_oracle_.absent_are_kept();
    co_return report;
}

// Empty where the connection was lost.
template<class T>
std::optional<T> Life::finish(awaitable<T> work)
{
    try
    {
        return run(*io_, std::move(work));
    }
    catch (const Hang& hang)
    {
        findings_.complain(hang.what());
        return std::nullopt; // and keep whom it refers to
    }
    catch (const DatabaseUnavailable&)
    {
        ++crashes_;
        findings_.saw("crash");
    }
    catch (const std::exception& other)
    {
        findings_.complain(std::string("thrown: ") + other.what());
    }
    lose_lead();
    return std::nullopt;
}

awaitable<bool> Life::lead()
{
    co_await database_thread_.connect("", "main");
    co_await database_thread_([](Mirror& mirror) { return mirror.try_lead("http://simulated"); });
    mirror_.emplace(database_thread_, mirror_options_of(scenario_, world_));
    sweeper_.emplace(source_, *mirror_, options_of(scenario_, world_, chance_.branch()));
    looker_.emplace(io_->get_executor(), source_, *mirror_, recent_options_of(scenario_, world_));
    co_await sweeper_->load();
    co_return true;
}

// Somebody restarts simsync with another filter.
void Life::rescope()
{
    lose_lead();
    if (world_.scope.profile || chance_.happens(0.5))
        world_.scope.profile = world_.scope.profile == "S1" ? std::nullopt : std::optional<std::string>("S1");
    else
        world_.scope.profile = "S2";
    event_oracle_.rescope(database_.tables());
    findings_.saw("another scope");
}

// What sync/expiry_watcher does when it is time.
awaitable<bool> Life::emit_due()
{
    for (DueLook look{.now = world_.now()}; !look.through;)
        look = co_await database_thread_.transact(
            [this, from = look](Transaction& transaction)
            { return transaction.raise_due(from, warnings, scenario_.piece); });
    co_return true;
}

awaitable<bool> Life::degrade()
{
    if (!mirror_->ledger().degraded)
        co_await mirror_->emit_degraded({{"error", std::string("no complete sweep for too long")}});
    co_return true;
}

// What others write while a sweep is under way: on the same database thread, or a person on a connection of
// their own.
awaitable<void> Life::write_beside()
{
    for (auto steps = chance_.below(400); steps > 0; --steps)
        co_await boost::asio::post(boost::asio::use_awaitable);
    if (!sweeper_)
        co_return;
    if (chance_.happens(0.5))
        database_.decide(chance_.happens(0.5) ? Decision::accepted : Decision::rejected);
    try
    {
        if (chance_.happens(0.5))
            co_await degrade();
        if (chance_.happens(0.5))
            co_await emit_due();
        if (chance_.happens(0.2))
            co_await mirror_->emit_account_events(refused());
    }
    catch (const DatabaseUnavailable&)
    {
        connection_lost_ = true; // and who sweeps may not have noticed
    }
}

// Between any two requests of the sweep, and behind its last.
awaitable<void> Life::look_beside()
{
    try
    {
        for (auto looks = 1 + chance_.below(30); looks > 0 && looker_; --looks)
        {
            for (auto steps = chance_.below(60); steps > 0; --steps)
                co_await boost::asio::post(boost::asio::use_awaitable);
            if (looker_)
                co_await look();
        }
    }
    catch (const DatabaseUnavailable&)
    {
        connection_lost_ = true;
    }
}

awaitable<bool> Life::look()
{
    if (chance_.happens(0.5) && !world_.cards().empty())
        looker_->watched().watch(
            world_.cards()[chance_.below(world_.cards().size())].id, WatchReason::person);
    const auto report = co_await looker_->look();
    findings_.saw("look");
    if (report.changed > 0)
        findings_.saw("a look that finds a change");
    if (report.watched_changed > 0)
        findings_.saw("a change of a watched SIM");
    if (report.impossible)
        findings_.saw("looks are impossible");
    co_return report.changed + report.watched_changed > 0;
}

// The daemon tells a sweeper to stop before it lets go of it.
void Life::lose_lead()
{
    if (sweeper_)
        sweeper_->stop();
    looker_.reset();
    sweeper_.reset();
    mirror_.reset();
}

// Changes, faults and crashes are over, from the middle of a sweep on. That sweep ends well; within two more
// the mirror is the fleet, and then nothing is written.
void Life::come_to_rest()
{
    database_.rest();
    source_.on_request = [this, left = chance_.below(10)]() mutable
    {
        if (left-- == 0)
            rest();
    };
    auto report = sweep_at_rest();
    const auto error = report ? report->record.error.value_or("") : "";
    // All that had been seen of the list may have left before the rest came, or come.
    const bool may_fail = scenario_.faults.failure > 0 || scenario_.wild ||
                          !mirror_oracle_.end_can_be_seen() || error.find("replaced") != std::string::npos ||
                          error.find("first page is empty") != std::string::npos ||
                          error == shows_nobody_error;
    if (!error.empty() && !may_fail)
        findings_.complain("the sweep in which all came to rest is not complete: " + error);
    source_.on_request = nullptr;
    rest();
    for (int i = 0; i < 2; ++i)
        report = sweep_at_rest();
    for (int i = 0; i < most_sweeps_awaited && report && report->awaited > 0; ++i)
        report = sweep_at_rest();
    if (!report || !mirror_oracle_.end_can_be_seen() || scenario_.by_one == ByOne::anything)
        return;
    mirror_oracle_.at_rest(*report);
    const auto written = std::pair(database_.rows_written(), database_.last_seq());
    sweep_at_rest();
    finish(look());
    if (written != std::pair(database_.rows_written(), database_.last_seq()))
        findings_.complain("a sweep that finds nothing changed writes");
}

void Life::rest()
{
    world_.rest();
    source_.rest();
}

std::optional<SweepReport> Life::sweep_at_rest()
{
    take_lead();
    auto report = sweep_once();
    if (report)
        inspect(*report);
    else
        findings_.complain("a sweep at rest failed");
    return report;
}

void Life::inspect(const SweepReport& report)
{
    mirror_oracle_.after_sweep(report, stop_requested_);
}

void live(std::uint64_t seed, Findings& findings)
{
    const auto scenario = scenario_of(seed);
    findings.log([&] { return describe(scenario); });
    Life(scenario, findings).live();
}

} // namespace simsync::simulation
