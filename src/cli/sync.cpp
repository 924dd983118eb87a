// `simsync sync`: one full sweep of each account, one after the other.
#include "cli/commands.hpp"
#include "cli/drifts.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/run_to_end.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "daemon/assembly.hpp"
#include "daemon/log.hpp"
#include "store/or_null.hpp"
#include "sync/lead.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <csignal>

namespace simsync::cli
{
namespace
{

namespace asio = boost::asio;
namespace json = boost::json;
using asio::awaitable;

constexpr std::chrono::milliseconds tick{500};

CommandError led_by(const std::string& leader, const std::string& account)
{
    return {
        ExitCode::try_again, "account \"" + account + "\" is led by " + leader,
        "that instance mirrors it already (`simsync status`); stop it first, or leave the work to it"};
}

// For an answer that is on its way; who waits for a rate limit or a silent API is cut off then.
constexpr std::chrono::seconds grace_for_pages{6};

// The first signal ends the sweep, which commits what it has; a second one ends the process.
void stop_on_signal(asio::signal_set& signals, asio::steady_timer& grace, Sweeper& sweeper, Client& client)
{
    signals.async_wait(
        [&](const boost::system::error_code& error, int)
        {
            if (error)
                return;
            signals.clear();
            std::signal(SIGINT, SIG_DFL);
            std::signal(SIGTERM, SIG_DFL);
            sweeper.stop();
            grace.expires_after(grace_for_pages);
            grace.async_wait(
                [&client](const boost::system::error_code& ended)
                {
                    if (!ended)
                        client.close();
                });
        });
}

struct Swept
{
    SweepReport report;
    Drifts drifts; // that last
};

awaitable<Swept> sweep(const Config& config, const AccountConfig& account, ProgressBar& bar)
{
    const auto executor = co_await asio::this_coro::executor;
    ClientObserver watcher;
    watcher.page_size = [&account](std::uint64_t rows, const Failure& larger)
    {
        complain(
            "account \"" + account.name + "\": pages of " + std::to_string(account.page_size) +
                " SIMs are refused, smaller ones are not: " + larger.what,
            "page_size = " + std::to_string(rows) + " of the account saves looking for it");
    };
    Client client{executor, client_options(account), watcher};
    DatabaseThread database;
    co_await database.connect(config.database_url, account.name);
    if (const auto leader = co_await take_lease(database, account.endpoint))
        throw led_by(*leader, account.name);

    LeadObserver observer;
    observer.sweep.progress = [&bar](const SweepProgress& progress)
    { bar.show(progress.items, progress.expected); };
    Lead lead{executor, client, database, lead_options(config, account), observer};
    asio::signal_set signals{executor, SIGINT, SIGTERM};
    asio::steady_timer grace{executor};
    stop_on_signal(signals, grace, lead.sweeper, client);
    co_await lead.load();
    Swept swept{.report = co_await lead.sweeper.run_once(), .drifts = {}};
    add(swept.report.events, co_await lead.mirror.emit_account_events(swept.report));
    add(swept.report.events, co_await lead.expiry_watcher.emit_due());
    swept.drifts = lead.mirror.ledger().drifts;
    client.close();
    co_await database.disconnect();
    co_return swept;
}

// An API that takes its time does not look like a program that hangs.
awaitable<void> keep_time(ProgressBar& bar)
{
    for (asio::steady_timer timer{co_await asio::this_coro::executor};;)
    {
        timer.expires_after(tick);
        co_await timer.async_wait(asio::use_awaitable);
        bar.show_time();
    }
}

Swept sweep_to_its_end(const Config& config, const AccountConfig& account)
{
    Swept swept;
    ProgressBar bar{account.name};
    run_to_end(
        [&]() -> awaitable<void>
        {
            asio::co_spawn(co_await asio::this_coro::executor, keep_time(bar), asio::detached);
            swept = co_await sweep(config, account, bar);
        });
    return swept;
}

ExitCode code_of(const SweepReport& report)
{
    if (report.record.outcome == Outcome::complete)
        return ExitCode::done;
    if (report.last_failure)
        return exit_code_of(report.last_failure->kind);
    return report.interrupted ? ExitCode::try_again : ExitCode::data;
}

std::string text(const std::string& account, const SweepReport& report)
{
    const auto& record = report.record;
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(*record.finished_at - record.started_at);
    std::string line = account + ": sweep " + std::to_string(record.id) + ' ' +
                       std::string(to_text(record.outcome)) + ": " + grouped(record.items) + " SIMs, " +
                       grouped(record.added) + " added, " + grouped(record.changed) + " changed, " +
                       grouped(record.removed) + " removed, " + grouped(total(report.events)) +
                       " events in " + seconds_text(took) + '\n';
    if (!report.by_offset_because.empty())
        line += account + ": paged by offset: " + report.by_offset_because + '\n';
    if (report.held > 0)
        line += account + ": " + grouped(report.held) + " removals are held for a person to decide\n";
    return line;
}

json::object document(const std::string& account, const Swept& swept)
{
    const auto& report = swept.report;
    const auto& record = report.record;
    json::object kinds;
    for (const auto& [kind, events] : report.events)
        kinds[to_text(kind)] = events;
    return {
        {"account", account},
        {"sweep_id", record.id},
        {"outcome", to_text(record.outcome)},
        {"baseline", record.baseline},
        {"started_at", to_text(record.started_at)},
        {"finished_at", to_text(*record.finished_at)},
        {"requests", record.requests},
        {"pages", record.pages},
        {"items", record.items},
        {"added", record.added},
        {"changed", record.changed},
        {"unchanged", record.unchanged},
        {"removed", record.removed},
        {"events", total(report.events)},
        {"events_by_kind", std::move(kinds)},
        {"held_removals", report.held},
        {"drifts", drifts_json(swept.drifts)},
        {"by_offset_because", null_if_empty(report.by_offset_because)},
        {"error", or_null(record.error)}};
}

json::object document(const std::string& account, const std::exception_ptr& error)
{
    try
    {
        std::rethrow_exception(error);
    }
    catch (const std::exception& caught)
    {
        return {{"account", account}, {"outcome", nullptr}, {"error", caught.what()}};
    }
}

// What became of all accounts.
class Results
{
public:
    enum class Form
    {
        lines,    // printed as it happens
        document, // at the end
    };
    explicit Results(Form form) : form_(form) {}

    void add(const std::string& account, const Swept& swept)
    {
        const auto& report = swept.report;
        if (form_ == Form::document)
            documents_.push_back(document(account, swept));
        else
            print(text(account, report));
        for (const auto& trouble : troubles_of(swept.drifts))
            complain("account \"" + account + "\": " + trouble.what, trouble.hint);
        const auto code = code_of(report);
        if (code != ExitCode::done)
            explain(account, report);
        worst_ = std::max(worst_, code);
    }

    void add(const std::string& account, const std::exception_ptr& error)
    {
        if (form_ == Form::document)
            documents_.push_back(document(account, error));
        worst_ = std::max(worst_, cli::report(error));
    }

    ExitCode finish()
    {
        if (form_ == Form::document)
            print(json::serialize(json::object{{"accounts", std::move(documents_)}}) + '\n');
        return worst_;
    }

private:
    static void explain(const std::string& account, const SweepReport& report)
    {
        const bool own = report.interrupted || !report.last_failure;
        const std::string hint{
            report.shows_nobody
                ? "ask the partner what this login may see; if they are all gone, `simsync removals "
                  "accept` says so"
            : own ? "run it again: what was committed stays true"
                  : simsync::hint(*report.last_failure)};
        complain(
            "account \"" + account + "\": " + report.record.error.value_or("the sweep is not complete"),
            hint);
    }

    Form form_;
    json::array documents_;
    ExitCode worst_ = ExitCode::done;
};

} // namespace

ExitCode execute(const SyncCommand& command, const CommonArguments& common)
{
    const auto config = load_settings(common);
    log::set_up(config.log);
    Results results{command.json ? Results::Form::document : Results::Form::lines};
    for (const auto& account : chosen_accounts(command.accounts, config))
    {
        try
        {
            const auto swept = sweep_to_its_end(config, account);
            results.add(account.name, swept);
            if (swept.report.interrupted)
                break; // Ctrl-C means all accounts
        }
        catch (...)
        {
            results.add(account.name, std::current_exception());
        }
    }
    return results.finish();
}

} // namespace simsync::cli
