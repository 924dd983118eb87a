// The configured accounts side by side: begun, told to stop, and begun anew where their configuration
// changes.
#pragma once

#include "config/config.hpp"
#include "daemon/account.hpp"
#include "daemon/metrics.hpp"
#include "daemon/outage.hpp"
#include "daemon/readiness.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace simsync
{

// Whether a change reaches beyond single accounts: database, thresholds, the guard. Then all of them begin
// anew. Sinks, HTTP, console and log have their own ways to take one.
bool concerns_every_account(const Config& from, Config to);

class Accounts
{
public:
    // What it shares, `metrics` among it, outlives it. `stands` is called whenever one of them stands
    // otherwise than before, `ended` whenever one has come to its end.
    Accounts(
        boost::asio::any_io_executor executor, Lanes& lanes, Watcher& watcher, DatabaseOutage& outage,
        Metrics& metrics, std::function<void()> stands, std::function<void()> ended);
    ~Accounts();

    // Begins those that do not run yet.
    void start(const Config& config);

    // Tells those to stop that another configuration does not have, or not so.
    void leave_others(const Config& now, const Config& next);
    void leave_all();
    // Cuts the API's connections of those that were told to and have not stopped.
    void cut_leaving();
    bool have_left() const; // all that were told to
    // Those that are not in `next` any more have no metrics afterwards.
    void forget_ended(const Config& next);
    bool are_none() const noexcept;

    std::vector<AccountStanding> standings() const;
    // How far they are loaded: for the metrics, before they are shown; and for the log, every now and then.
    void note_loading();
    void tell_loading();

private:
    struct Running;

    void start(const AccountConfig& account, const SharedParts& shared);
    boost::asio::awaitable<void> run(Running& running);
    void leave(const std::vector<Running*>& those);

    boost::asio::any_io_executor executor_;
    Lanes& lanes_;
    Watcher& watcher_;
    DatabaseOutage& outage_;
    Metrics& metrics_;
    std::function<void()> stands_;
    std::function<void()> ended_;
    ApiOutage api_outage_;
    std::list<Running> running_; // has seats in the lanes and with the watcher
};

} // namespace simsync
