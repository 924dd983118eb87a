// One io_context, one thread: everything here runs on it, so nothing needs a lock. Calls daemon/account,
// daemon/http, daemon/notify; called by cli/run.
#include "daemon/service.hpp"

#include "daemon/account.hpp"
#include "daemon/http.hpp"
#include "daemon/log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/notify.hpp"
#include "daemon/readiness.hpp"
#include "daemon/sinks.hpp"
#include "simsync/store/reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <list>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;
using namespace std::chrono;

// SIGTERM is answered within 10 s (contract): so long for pages under way, then their sockets are cut, and at
// the end the process goes anyway. What was not committed by then is not there, as after kill -9.
constexpr seconds grace_for_pages{6};
constexpr seconds grace_for_commits{3};

struct Running
{
    Running(const asio::any_io_executor& executor, const Config& config, const AccountConfig& account_config,
            AccountMetrics& metrics)
        : account(executor, config, account_config, metrics, notify::status)
    {
    }

    Account account;
    bool leaving = false; // it was told to stop
    bool ended = false;   // its `run` has returned
};

// Changes that reach beyond single accounts: database, thresholds, the guard.
bool concerns_every_account(const Config& from, Config to)
{
    to.accounts = from.accounts;
    to.sinks = from.sinks;
    to.http_listen = from.http_listen;
    to.log = from.log;
    return to != from;
}

// Only a defect comes this far: it leaves through `serve`, for nothing is certain any more.
void or_end(const std::exception_ptr& error)
{
    if (error)
        std::rethrow_exception(error);
}

// What waiting does not mend is told at once; a database that is merely away is waited for by each account.
void refuse_what_never_mends(const Config& config)
{
    try
    {
        Reader{config.database_url};
    }
    catch (const DatabaseUnavailable& error)
    {
        log::warn("", error.what(), {{"hint", error.hint()}});
    }
}

class Service
{
public:
    Service(Config config, std::function<Config()> reload)
        : config_(std::move(config)),
          reload_(std::move(reload)),
          signals_(io_, SIGTERM, SIGINT, SIGHUP),
          timer_(io_)
    {
    }

    void run()
    {
        open_http();
        start_accounts();
        sinks_.start(config_);
        asio::co_spawn(io_, hear_signals(), or_end);
        asio::co_spawn(io_, feed_watchdog(), or_end);
        notify::ready();
        log::info("", "mirrors",
                  {{"accounts", std::to_string(running_.size())}, {"version", SIMSYNC_VERSION}});
        io_.run();
        log::info("", "stopped");
    }

private:
    void open_http();
    void start_accounts();
    void start(const AccountConfig& account);
    awaitable<void> run_account(Running& running);
    awaitable<void> hear_signals();
    awaitable<void> feed_watchdog();
    awaitable<void> take_configuration();
    awaitable<void> adopt(Config next);
    awaitable<void> stop_all();
    void leave(Running& running);
    void cut_leaving();
    awaitable<bool> left_within(seconds grace);
    Readiness readiness() const;

    asio::io_context io_{1};
    Config config_;
    std::function<Config()> reload_;
    Metrics metrics_;
    std::list<Running> running_;
    Sinks sinks_{io_.get_executor(), metrics_, [this] { timer_.cancel(); }};
    std::unique_ptr<HttpServer> http_;
    asio::signal_set signals_;
    asio::steady_timer timer_;
    bool stopping_ = false;
};

void Service::open_http()
{
    if (config_.http_listen.empty())
        return;
    http_ = std::make_unique<HttpServer>(
        io_.get_executor(), config_.http_listen,
        HttpHandlers{[this] { return readiness(); }, [this] { return metrics_.text(); }});
    http_->start();
    log::info("", "serves health and metrics", {{"port", std::to_string(http_->port())}});
}

void Service::start_accounts()
{
    for (const auto& account : config_.accounts)
        start(account);
}

void Service::start(const AccountConfig& account)
{
    if (account.sweep_interval >= config_.alert.stale_after)
        log::warn(account.name, "is degraded between any two sweeps",
                  {{"hint", "make [alert] stale_after several times as long as sweep_interval"}});
    auto& running =
        running_.emplace_back(io_.get_executor(), config_, account, metrics_.account(account.name));
    asio::co_spawn(io_, run_account(running), or_end);
}

awaitable<void> Service::run_account(Running& running)
{
    co_await running.account.run();
    running.ended = true;
    timer_.cancel(); // whoever waits for the end looks again
}

// The loop ends with the first SIGTERM or SIGINT; a second one finds the default action.
awaitable<void> Service::hear_signals()
{
    while (!stopping_)
    {
        const int signal = co_await signals_.async_wait(asio::use_awaitable);
        if (signal == SIGHUP)
            co_await take_configuration();
        else
            stopping_ = true;
    }
    co_await stop_all();
}

awaitable<void> Service::stop_all()
{
    signals_.clear();
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    notify::stopping();
    log::info("", "stops: pages under way are committed first");
    for (auto& running : running_)
        leave(running);
    sinks_.leave_all();
    if (!co_await left_within(grace_for_pages))
    {
        log::warn("", "cuts the connections that it waits for: their answers take too long");
        cut_leaving();
        if (!co_await left_within(grace_for_commits))
        {
            log::warn("", "ends without waiting for the database: what was not committed is not there");
            std::_Exit(EXIT_SUCCESS);
        }
    }
    io_.stop();
}

awaitable<bool> Service::left_within(seconds grace)
{
    const auto until = steady_clock::now() + grace;
    const auto all_left = [this]
    {
        return sinks_.have_left() &&
               std::ranges::all_of(running_, [](const Running& each) { return each.ended || !each.leaving; });
    };
    while (!all_left() && steady_clock::now() < until)
    {
        timer_.expires_at(until);
        boost::system::error_code woken;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    co_return all_left();
}

// Whole or not at all: nothing is touched before the new configuration was read and found good.
awaitable<void> Service::take_configuration()
{
    notify::reloading();
    try
    {
        co_await adopt(reload_());
        log::info("", "took the new configuration");
    }
    catch (const ConfigError& error)
    {
        for (const auto& mistake : error.mistakes())
            log::error("", "keeps the old configuration: the new one is wrong",
                       {{"error", mistake.what}, {"hint", mistake.hint}});
    }
    notify::ready();
}

// Accounts and sinks that stay as they are go on undisturbed; the others end as at a stop and begin anew.
awaitable<void> Service::adopt(Config next)
{
    if (next.http_listen != config_.http_listen)
        log::warn("", "a new [http] listen address needs a restart");
    const bool all_change = concerns_every_account(config_, next);
    for (auto& running : running_)
        if (all_change || std::ranges::find(next.accounts, running.account.config()) == next.accounts.end())
            leave(running);
    sinks_.leave_others(next);
    if (!co_await left_within(grace_for_pages))
    {
        cut_leaving();
        while (!co_await left_within(grace_for_commits))
            log::warn("", "waits for the database before the new configuration is taken");
    }
    for (const auto& running : running_)
        if (running.ended && std::ranges::find(next.accounts, running.account.config().name,
                                               &AccountConfig::name) == next.accounts.end())
            metrics_.forget(running.account.config().name);
    std::erase_if(running_, [](const Running& running) { return running.ended; });
    sinks_.forget_ended();

    config_ = std::move(next);
    log::set_up(config_.log);
    for (const auto& account : config_.accounts)
        if (std::ranges::none_of(running_, [&](const Running& each)
                                 { return each.account.config().name == account.name; }))
            start(account);
    sinks_.start(config_);
}

void Service::leave(Running& running)
{
    running.leaving = true;
    running.account.stop();
}

void Service::cut_leaving()
{
    for (auto& running : running_)
        if (running.leaving)
            running.account.cut();
    sinks_.cut_leaving();
}

Readiness Service::readiness() const
{
    std::vector<AccountStanding> standings;
    for (const auto& running : running_)
        standings.push_back(running.account.standing());
    return judge_readiness(standings, steady_clock::now(), config_.alert.stale_after);
}

awaitable<void> Service::feed_watchdog()
{
    const auto interval = notify::watchdog_interval();
    if (!interval)
        co_return;
    for (asio::steady_timer timer{io_};;)
    {
        notify::watchdog();
        timer.expires_after(*interval);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

} // namespace

void serve(Config config, std::function<Config()> reload)
{
    refuse_what_never_mends(config);
    Service(std::move(config), std::move(reload)).run();
}

} // namespace simsync
