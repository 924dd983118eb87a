#include "daemon/accounts.hpp"

#include "daemon/log.hpp"
#include "io/run_apart.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{

struct Accounts::Running
{
    Running(
        const boost::asio::any_io_executor& executor, const SharedParts& shared,
        const AccountConfig& account_config, AccountMetrics& metrics, std::function<void()> stands)
        : account(executor, shared, account_config, metrics, std::move(stands))
    {
    }

    Account account;
    bool leaving = false; // it was told to stop
    bool ended = false;   // its `run` has returned
};

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

Accounts::Accounts(
    boost::asio::any_io_executor executor, Lanes& lanes, Watcher& watcher, DatabaseOutage& outage,
    Metrics& metrics, std::function<void()> stands, std::function<void()> ended)
    : executor_(std::move(executor)),
      lanes_(lanes),
      watcher_(watcher),
      outage_(outage),
      metrics_(metrics),
      stands_(std::move(stands)),
      ended_(std::move(ended))
{
}

Accounts::~Accounts() = default;

void Accounts::start(const Config& config)
{
    const SharedParts shared{std::make_shared<const Config>(config), lanes_, watcher_, outage_, api_outage_};
    for (const auto& account : shared.config->accounts)
        if (std::ranges::none_of(
                running_, [&](const Running& each) { return each.account.config().name == account.name; }))
            start(account, shared);
}

void Accounts::start(const AccountConfig& account, const SharedParts& shared)
{
    if (account.sweep_interval >= shared.config->alert.stale_after)
        log::warn(
            account.name, "is degraded between any two sweeps",
            {{"hint", "make [alert] stale_after several times as long as sweep_interval"}});
    auto& running =
        running_.emplace_back(executor_, shared, account, metrics_.account(account.name), stands_);
    run_apart(executor_, run(running));
}

boost::asio::awaitable<void> Accounts::run(Running& running)
{
    co_await running.account.run();
    running.ended = true;
    ended_();
}

void Accounts::leave_others(const Config& now, const Config& next)
{
    const bool all_change = concerns_every_account(now, next);
    std::vector<Running*> others;
    for (auto& running : running_)
        if (all_change || std::ranges::find(next.accounts, running.account.config()) == next.accounts.end())
            others.push_back(&running);
    leave(others);
}

void Accounts::leave_all()
{
    std::vector<Running*> all;
    for (auto& running : running_)
        all.push_back(&running);
    leave(all);
}

// What a thousand do in one moment is one line of the log.
void Accounts::leave(const std::vector<Running*>& those)
{
    const auto led = std::ranges::count_if(
        those, [](const Running* each) { return !each->leaving && each->account.standing().leading; });
    for (auto* const each : those)
    {
        each->leaving = true;
        if (led > 1)
            each->account.stop_with_others();
        else
            each->account.stop();
    }
    if (led > 1)
        log::info("", "gives up the leads that it has of these accounts", {{"accounts", led}});
}

void Accounts::cut_leaving()
{
    for (auto& running : running_)
        if (running.leaving)
            running.account.cut();
}

bool Accounts::have_left() const
{
    return std::ranges::all_of(running_, [](const Running& each) { return each.ended || !each.leaving; });
}

void Accounts::forget_ended(const Config& next)
{
    for (const auto& running : running_)
        if (running.ended &&
            std::ranges::find(next.accounts, running.account.config().name, &AccountConfig::name) ==
                next.accounts.end())
            metrics_.forget(running.account.config().name);
    std::erase_if(running_, [](const Running& running) { return running.ended; });
}

bool Accounts::are_none() const noexcept
{
    return running_.empty();
}

std::vector<AccountStanding> Accounts::standings() const
{
    std::vector<AccountStanding> all;
    for (const auto& running : running_)
        all.push_back(running.account.standing());
    return all;
}

void Accounts::note_loading()
{
    for (auto& running : running_)
        running.account.note_loading();
}

void Accounts::tell_loading()
{
    for (auto& running : running_)
        running.account.tell_loading();
}

} // namespace simsync
