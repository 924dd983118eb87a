// One io_context, one thread: everything here runs on it, so nothing needs a lock.
#include "daemon/service.hpp"

#include "daemon/accounts.hpp"
#include "daemon/descriptors.hpp"
#include "daemon/lanes.hpp"
#include "daemon/log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/notify.hpp"
#include "daemon/readiness.hpp"
#include "daemon/reload_verdict.hpp"
#include "daemon/sinks.hpp"
#include "daemon/status_line.hpp"
#include "daemon/watcher.hpp"
#include "daemon/web_front.hpp"
#include "simsync/store/reader.hpp"
#include "store/subscriber.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
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
        const Reader reader{config.database_url};
        refuse_subscriber(config.database_url);
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
        front_.open(config_);
        leave_verdict({getpid(), {}, {}});
        sinks_.open(config_);
        sinks_.start(config_);
        watcher_.watch(config_);
        asio::co_spawn(io_, watcher_.run(), or_end);
        accounts_.start(config_);
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
    awaitable<void> hear_signals();
    awaitable<void> feed_watchdog();
    awaitable<void> keep_status();
    void notify_status();
    void leave_verdict(const ReloadVerdict& verdict) const;
    awaitable<void> take_configuration();
    awaitable<void> adopt(Config next);
    awaitable<void> stop_all();
    awaitable<bool> left_within(milliseconds grace);
    Readiness readiness() const;
    std::string metrics_text();
    // What wakes whoever waits for others to leave.
    std::function<void()> look_again()
    {
        return [this] { timer_.cancel(); };
    }

    asio::io_context io_{1};
    Config config_;
    std::function<Config()> reload_;
    Metrics metrics_;
    DatabaseOutage outage_;
    Watcher watcher_{io_.get_executor(), outage_, look_again()};
    Lanes lanes_{io_.get_executor(), config_.database_lanes};
    Accounts accounts_{io_.get_executor(),          lanes_,      watcher_, outage_, metrics_,
                       [this] { notify_status(); }, look_again()};
    Sinks sinks_{io_.get_executor(), metrics_, outage_, look_again()};
    WebFront front_{
        io_.get_executor(),
        config_,
        metrics_.console(),
        [this] { return readiness(); },
        [this] { return metrics_text(); },
        look_again()};
    asio::signal_set signals_;
    asio::steady_timer timer_; // of whoever waits for others to leave
    std::optional<std::filesystem::path> runtime_folder_ = runtime_folder();
    std::string notified_status_;
    bool stopping_ = false;
};

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
    accounts_.leave_all();
    sinks_.leave_all();
    front_.stop();
    // Followers are told the end; an export whose reader dawdles is not waited for.
    if (!co_await left_within(grace_for_streams))
        front_.cut_streams();
    if (!co_await left_within(grace_for_pages))
    {
        log::warn("", "cuts the connections that it waits for: their answers take too long");
        accounts_.cut_leaving();
        sinks_.cut_leaving();
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
        return accounts_.have_left() && sinks_.have_left() && (!stopping_ || front_.has_left()) &&
               watcher_.has_left();
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
    front_.move(config_, next);
    accounts_.leave_others(config_, next);
    sinks_.leave_others(next);
    if (!co_await left_within(grace_for_pages))
    {
        accounts_.cut_leaving();
        sinks_.cut_leaving();
        while (!co_await left_within(grace_for_commits))
            log::warn("", "waits for the database before the new configuration is taken");
    }
    accounts_.forget_ended(next);
    sinks_.forget_ended();

    front_.take(config_, next);
    config_ = std::move(next);
    log::set_up(config_.log);
    if (accounts_.are_none())
        lanes_.set_most(config_.database_lanes);
    sinks_.start(config_);
    watcher_.watch(config_);
    if (!stopping_)
        accounts_.start(config_);
}

Readiness Service::readiness() const
{
    return judge_readiness(
        accounts_.standings(), steady_clock::now(), config_.alert.stale_after, sinks_.down());
}

std::string Service::metrics_text()
{
    accounts_.note_loading();
    return metrics_.text(system_now());
}

void Service::notify_status()
{
    auto line = status_line(accounts_.standings(), steady_clock::now());
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
        accounts_.tell_loading();
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
