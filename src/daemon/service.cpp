// One io_context, one thread: everything here runs on it, so nothing needs a lock.
#include "daemon/service.hpp"

#include "daemon/account.hpp"
#include "daemon/console/gate.hpp"
#include "daemon/console/site.hpp"
#include "daemon/descriptors.hpp"
#include "daemon/http.hpp"
#include "daemon/lanes.hpp"
#include "daemon/listener.hpp"
#include "daemon/log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/notify.hpp"
#include "daemon/problem.hpp"
#include "daemon/readiness.hpp"
#include "daemon/reload_verdict.hpp"
#include "daemon/sinks.hpp"
#include "daemon/status_line.hpp"
#include "daemon/watcher.hpp"
#include "simsync/store/reader.hpp"
#include "store/subscriber.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <list>
#include <system_error>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;
using namespace std::chrono;

// SIGTERM is answered within 10 s in all, as the README promises: so long for pages under way, then their
// sockets are cut, and at the end the process goes anyway. What was not committed by then is lost, as by
// kill -9, and read again.
constexpr seconds grace_for_pages{6};
constexpr seconds grace_for_commits{3};
constexpr milliseconds grace_for_rings{500};

// Before that, for what the console streams to end by itself.
constexpr milliseconds grace_for_streams{500};

// How long an outage has lasted is told this often.
constexpr seconds status_interval{10};

struct Running
{
    Running(
        const asio::any_io_executor& executor, const SharedParts& shared, const AccountConfig& account_config,
        AccountMetrics& metrics, std::function<void()> stands)
        : account(executor, shared, account_config, metrics, std::move(stands))
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
    to.http_url = from.http_url;
    to.console = from.console;
    to.database_password_file = from.database_password_file; // what it holds is part of database_url
    to.log = from.log;
    return to != from;
}

// For coroutines that run until they are told to stop: they throw only for defects, and those leave through
// `serve` and end the process.
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
        refuse_subscriber(config.database_url);
    }
    catch (const DatabaseUnavailable& error)
    {
        log::warn("", error.what(), {{"hint", error.hint()}});
    }
}

const std::string& console_database(const Config& config)
{
    return config.console.database_url.empty() ? config.database_url : config.console.database_url;
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
        open_console(config_);
        open_http(config_.http_listen);
        leave_verdict({getpid(), {}, {}});
        sinks_.open(config_);
        sinks_.start(config_);
        watcher_.watch(config_);
        asio::co_spawn(io_, watcher_.run(), or_end);
        start_accounts();
        asio::co_spawn(io_, hear_signals(), or_end);
        asio::co_spawn(io_, feed_watchdog(), or_end);
        asio::co_spawn(io_, keep_status(), or_end);
        notify::ready();
        log::info("", "mirrors", {{"accounts", config_.accounts.size()}, {"version", SIMSYNC_VERSION}});
        io_.run();
        if (runtime_folder_)
            remove_verdict(*runtime_folder_);
        log::info("", "stopped");
    }

private:
    void open_http(const std::string& listen);
    void move_http(const std::string& listen);
    void open_console(const Config& config);
    awaitable<WebReply> answer_console(WebRequest request);
    void start_accounts();
    void start(const AccountConfig& account, const SharedParts& shared);
    awaitable<void> run_account(Running& running);
    awaitable<void> hear_signals();
    awaitable<void> feed_watchdog();
    awaitable<void> keep_status();
    void notify_status();
    std::vector<AccountStanding> standings() const;
    void leave_verdict(const ReloadVerdict& verdict) const;
    awaitable<void> take_configuration();
    awaitable<void> adopt(Config next);
    awaitable<void> stop_all();
    void leave(Running& running);
    void cut_leaving();
    awaitable<bool> left_within(milliseconds grace);
    Readiness readiness() const;
    std::string metrics_text();

    asio::io_context io_{1};
    Config config_;
    std::function<Config()> reload_;
    Metrics metrics_;
    DatabaseOutage outage_;
    Watcher watcher_{io_.get_executor(), outage_, [this] { timer_.cancel(); }};
    Lanes lanes_{io_.get_executor(), config_.database_lanes};
    std::list<Running> running_; // has seats in both
    Sinks sinks_{io_.get_executor(), metrics_, outage_, [this] { timer_.cancel(); }};
    Site site_{
        io_.get_executor(), console_database(config_), metrics_.console(), [this] { timer_.cancel(); }};
    std::unique_ptr<BlockingThread> hashing_; // made for the first who may log in; waited for before io_ goes
    std::shared_ptr<Gate> gate_;              // shared with the answers under way; empty: the console is off
    std::unique_ptr<HttpServer> http_;
    asio::signal_set signals_;
    asio::steady_timer timer_;
    std::optional<std::filesystem::path> runtime_folder_ = runtime_folder();
    std::string notified_status_;
    bool stopping_ = false;
};

void Service::open_http(const std::string& listen)
{
    if (listen.empty())
        return;
    http_ = std::make_unique<HttpServer>(
        io_.get_executor(), listen,
        HttpHandlers{
            [this] { return readiness(); }, [this] { return metrics_text(); },
            [this](WebRequest request) { return answer_console(std::move(request)); }});
    http_->start();
    const auto socket = unix_socket_path(listen);
    if (socket.empty())
        log::info("", "serves health and metrics", {{"port", http_->port()}});
    else
        log::info("", "serves health and metrics", {{"socket", socket}});
}

// Who asks while it changes is still answered by the old one.
void Service::open_console(const Config& config)
{
    gate_.reset();
    if (!config.console.enabled || config.http_listen.empty())
        return;
    if (const auto doubt = doubt_about_console(config))
        log::warn("", doubt->what, {{"hint", doubt->hint}});
    if (!config.console.logins.empty() && !hashing_)
        hashing_ = std::make_unique<BlockingThread>();
    gate_ = std::make_shared<Gate>(
        access_rules(config), config.console.logins, hashing_.get(), embedded_assets(), site_.api());
}

awaitable<WebReply> Service::answer_console(WebRequest request)
{
    const auto began = steady_clock::now();
    const auto endpoint = endpoint_of(request.path);
    const auto gate = gate_;
    auto reply = gate ? co_await gate->answer(std::move(request))
                      : problem_reply(
                            {404, "the console is turned off", "", "[console] enabled = true turns it on"},
                            request.path);
    metrics_.console().answered(endpoint, reply.status, steady_clock::now() - began);
    co_return reply;
}

bool same_console(const Config& one, const Config& other)
{
    return one.console == other.console && one.http_listen == other.http_listen &&
           one.http_url == other.http_url && one.database_url == other.database_url;
}

// The old address is given up first, for the new one may overlap with it. Throws ConfigError where that
// cannot be had; then all is as it was.
void Service::move_http(const std::string& listen)
{
    if (listen == config_.http_listen)
        return;
    http_.reset();
    try
    {
        open_http(listen);
    }
    catch (const std::system_error& error)
    {
        http_.reset();
        open_http(config_.http_listen);
        throw ConfigError(
            {{std::string("[http] listen: ") + error.what(), "choose an address that nobody holds"}});
    }
}

// Those that do not run yet.
void Service::start_accounts()
{
    const SharedParts shared{std::make_shared<const Config>(config_), lanes_, watcher_, outage_};
    for (const auto& account : shared.config->accounts)
        if (!stopping_ &&
            std::ranges::none_of(
                running_, [&](const Running& each) { return each.account.config().name == account.name; }))
            start(account, shared);
}

void Service::start(const AccountConfig& account, const SharedParts& shared)
{
    if (account.sweep_interval >= config_.alert.stale_after)
        log::warn(
            account.name, "is degraded between any two sweeps",
            {{"hint", "make [alert] stale_after several times as long as sweep_interval"}});
    auto& running = running_.emplace_back(
        io_.get_executor(), shared, account, metrics_.account(account.name), [this] { notify_status(); });
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
    watcher_.leave(); // before the leases: whoever is to have them then takes them at once
    for (auto& running : running_)
        leave(running);
    sinks_.leave_all();
    site_.stop();
    // Followers are told the end; an export whose reader dawdles is not waited for.
    if (!co_await left_within(grace_for_streams) && http_)
        http_->cut_streams();
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
    watcher_.stop(); // once nobody commits any more: it rings for the last of it
    if (!co_await left_within(grace_for_rings))
    {
        log::info("", "stopped: the database does not answer, so nobody was woken for the last events");
        std::_Exit(EXIT_SUCCESS);
    }
    io_.stop();
}

awaitable<bool> Service::left_within(milliseconds grace)
{
    const auto until = steady_clock::now() + grace;
    const auto all_left = [this]
    {
        return sinks_.have_left() && (!stopping_ || site_.has_left()) && watcher_.has_left() &&
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
    ReloadVerdict verdict{getpid(), steady_clock::now(), {}};
    try
    {
        co_await adopt(reload_());
        log::info("", "took the new configuration");
    }
    catch (const ConfigError& error)
    {
        verdict.diagnostics = error.diagnostics();
        for (const auto& diagnostic : error.diagnostics())
            log::error(
                "", "keeps the old configuration: the new one is wrong",
                {{"error", diagnostic.what}, {"hint", diagnostic.hint}});
    }
    leave_verdict(verdict);
    notify::ready();
}

// Who waits for it has other ways to learn of it, and mirroring goes on.
void Service::leave_verdict(const ReloadVerdict& verdict) const
{
    if (!runtime_folder_)
        return;
    try
    {
        write_verdict(*runtime_folder_, verdict);
    }
    catch (const std::system_error& error)
    {
        log::warn("", "cannot tell `simsync reload` what became of it", {{"error", error.what()}});
    }
}

// Accounts and sinks that stay as they are go on undisturbed; the others end as at a stop and begin anew.
awaitable<void> Service::adopt(Config next)
{
    have_descriptors_for(next);
    move_http(next.http_listen);
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
        if (running.ended &&
            std::ranges::find(next.accounts, running.account.config().name, &AccountConfig::name) ==
                next.accounts.end())
            metrics_.forget(running.account.config().name);
    std::erase_if(running_, [](const Running& running) { return running.ended; });
    sinks_.forget_ended();

    const bool console_stays = same_console(config_, next);
    config_ = std::move(next);
    if (!console_stays)
    {
        site_.read_from(console_database(config_));
        open_console(config_);
    }
    log::set_up(config_.log);
    if (running_.empty())
        lanes_.set_most(config_.database_lanes);
    sinks_.start(config_);
    watcher_.watch(config_);
    start_accounts();
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

std::vector<AccountStanding> Service::standings() const
{
    std::vector<AccountStanding> all;
    for (const auto& running : running_)
        all.push_back(running.account.standing());
    return all;
}

Readiness Service::readiness() const
{
    return judge_readiness(standings(), steady_clock::now(), config_.alert.stale_after, sinks_.down());
}

std::string Service::metrics_text()
{
    for (auto& running : running_)
        running.account.note_loading();
    return metrics_.text(system_now());
}

void Service::notify_status()
{
    auto line = status_line(standings(), steady_clock::now());
    if (line == notified_status_)
        return;
    notify::status(line);
    notified_status_ = std::move(line);
}

// An outage makes no other noise while it lasts, nor does a large fleet while it is loaded.
awaitable<void> Service::keep_status()
{
    for (asio::steady_timer timer{io_};;)
    {
        notify_status();
        timer.expires_after(status_interval);
        co_await timer.async_wait(asio::use_awaitable);
        for (auto& running : running_)
            running.account.tell_loading();
    }
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
    have_descriptors_for(config);
    refuse_what_never_mends(config);
    Service(std::move(config), std::move(reload)).run();
}

} // namespace simsync
