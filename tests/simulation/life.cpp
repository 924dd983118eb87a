// As daemon/account does it: connect, take the lease, load, sweep; after a lost connection from the
// beginning. Calls sync/sweeper, and world, source, mirror, listener around it.
#include "simulation/life.hpp"

#include "simulation/run.hpp"

#include <algorithm>
#include <utility>

namespace simsync::simulation
{
namespace
{

using boost::asio::awaitable;

SweeperOptions options_of(const Setting& setting, const World& world, Chance chance)
{
    SweeperOptions options;
    options.account = "main";
    options.plan = setting.plan;
    options.guard = setting.guard;
    options.alert = setting.alert;
    options.backoff = {.first = {}, .longest = {}, .patience = setting.patience};
    options.now = [&world] { return world.now(); };
    options.chance = [chance]() mutable { return chance.share(); };
    return options;
}

} // namespace

Life::Life(const Setting& setting, Findings& findings)
    : setting_(setting),
      findings_(findings),
      chance_(setting.seed),
      world_(setting_, chance_.branch(), findings_),
      source_(world_, setting_, chance_.branch(), findings_),
      database_(setting_.conflict, chance_.branch(), findings_),
      listener_(world_, source_, setting_, findings_),
      lane_(io_->get_executor(),
            [this](const std::string&, const std::string&) { return database_.connect(); })
{
    database_.auditor = &listener_;
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
    for (int i = 0; i < setting_.sweeps && findings_.clean(); ++i)
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
        finish(tell_due());
    if (chance_.happens(0.1) && sweeper_)
        finish(degrade());
    if (chance_.happens(0.3))
        database_.decide(chance_.happens(0.5) ? Decision::accepted : Decision::rejected);
}

void Life::sweep()
{
    take_lead();
    if (chance_.happens(setting_.crash))
        database_.crash_at(database_.boundaries() + 1 + chance_.below(30));
    if (chance_.happens(setting_.stop))
        stop_somewhere();
    if (const auto report = sweep_once())
        check(*report);
    if (std::exchange(source_.on_request, {}))
        lose_lead(); // who was told to stop ends
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
        told_to_stop_ = true;
        sweeper_->stop();
    };
}

std::optional<SweepReport> Life::sweep_once()
{
    if (!sweeper_)
        return std::nullopt;
    source_.begin_sweep(++sweeps_);
    told_to_stop_ = false;
    findings_.log([&] { return "sweep " + std::to_string(sweeps_); });
    auto report = finish(sweeper_->run_once());
    findings_.log(
        [&]
        {
            return report ? "  " + std::string(to_text(report->record.outcome)) + ' ' +
                                report->record.error.value_or("")
                          : "  lost";
        });
    return report;
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
    co_await lane_.connect("", "main");
    co_await lane_([](Mirror& mirror) { return mirror.try_lead("http://simulated"); });
    sweeper_.emplace(source_, lane_, options_of(setting_, world_, chance_.branch()));
    co_await sweeper_->load();
    co_return true;
}

// What sync/clock does when it is time.
awaitable<bool> Life::tell_due()
{
    co_await lane_(
        [this](Mirror& mirror) {
            mirror.transact([this](Transaction& transaction)
                            { transaction.raise_due(world_.now(), warnings); });
        });
    co_return true;
}

awaitable<bool> Life::degrade()
{
    if (!sweeper_->ledger().degraded)
        co_await sweeper_->degrade({{"error", std::string("no complete sweep for too long")}});
    co_return true;
}

// The daemon tells a sweeper to stop before it lets go of it.
void Life::lose_lead()
{
    if (sweeper_)
        sweeper_->stop();
    sweeper_.reset();
}

// Changes, faults and crashes are over: within two sweeps the mirror is the fleet, and then nothing is
// written.
void Life::come_to_rest()
{
    world_.rest();
    source_.rest();
    database_.rest();
    std::optional<SweepReport> report;
    for (int i = 0; i < 2; ++i)
    {
        take_lead();
        report = sweep_once();
        if (!report)
            return findings_.complain("a sweep at rest failed");
        check(*report);
    }
    if (!seen_for_certain())
        return;
    check_rest(*report);
    const auto written = std::pair(database_.rows_written(), database_.last_seq());
    sweep_once();
    if (written != std::pair(database_.rows_written(), database_.last_seq()))
        findings_.complain("a sweep that finds nothing changed writes");
}

void Life::check(const SweepReport& report)
{
    check_record(report);
    if (report.held + report.doubtful > 0)
        listener_.absent_are_kept();
    if (report.record.outcome != Outcome::complete)
        return;
    for (auto& card : world_.cards())
        check_sight(report, card);
}

void Life::check_record(const SweepReport& report) const
{
    const auto& record = report.record;
    if (record.requests != source_.tally().requests)
        findings_.complain("the sweep counts " + std::to_string(record.requests) + " requests of " +
                           std::to_string(source_.tally().requests));
    const auto told =
        std::ranges::count(database_.tables().events, std::optional(record.id), &Event::sweep_id);
    if (record.events != told)
        findings_.complain("the sweep counts " + std::to_string(record.events) + " events of " +
                           std::to_string(told));
    if (record.removed > 0 && record.outcome != Outcome::complete)
        findings_.complain("an incomplete sweep removed SIMs");
    if (setting_.sorts && record.error.value_or("").find("ignores the sort") != std::string::npos)
        findings_.complain("the API is said to ignore the sort");
}

// Promise 3, after a complete sweep.
void Life::check_sight(const SweepReport& report, Card& card) const
{
    const auto found = database_.tables().sims.find(card.id);
    const auto* row =
        found == database_.tables().sims.end() || found->second.removed_at ? nullptr : &found->second;
    const auto oldest = source_.tally().oldest;
    const auto& said = card.in_sweep(source_.tally().sweep);
    if (row != nullptr && card.away_since(oldest) && report.held == 0 && report.doubtful == 0)
        findings_.complain("SIM " + card.id + " is gone, and its row is not");
    if (!setting_.sorts || setting_.wild || said.excused || !card.stays_since(oldest))
        return;
    if (row == nullptr)
        return findings_.complain("SIM " + card.id + " stays, and was missed");
    // Where all pages were believed, the newest reading is.
    const bool newest = setting_.lag == 0 && said.shown && !told_to_stop_ &&
                        !source_.tally().by_one_in_doubt && report.record.pages == source_.tally().pages;
    if (!card.looked_like(row->sighting.fingerprint, newest ? said.shown_last : oldest))
        findings_.complain("SIM " + card.id + " is not as it was " +
                           (newest ? "shown last" : "at any time of the sweep"));
}

// Whether the API makes it possible at all to see the list to its end.
bool Life::seen_for_certain() const
{
    return setting_.sorts && setting_.cap > 1;
}

void Life::check_rest(const SweepReport& report) const
{
    if (report.record.outcome != Outcome::complete)
        return findings_.complain("a sweep at rest is " + std::string(to_text(report.record.outcome)) + ": " +
                                  report.record.error.value_or(""));
    std::int64_t extra = 0;
    for (const auto& [id, row] : database_.tables().sims)
    {
        const auto* card = world_.find(id);
        if (row.removed_at)
            continue;
        if (card->now() == nullptr)
            ++extra;
        else if (row.sighting.sim != card->now()->sim)
            findings_.complain("SIM " + id + " differs at rest");
    }
    if (extra != report.held + report.doubtful)
        findings_.complain(std::to_string(extra) + " SIMs are gone and not removed at rest");
}

void live(std::uint64_t seed, Findings& findings)
{
    const auto setting = setting_of(seed);
    findings.log([&] { return describe(setting); });
    Life(setting, findings).live();
}

} // namespace simsync::simulation
