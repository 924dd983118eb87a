// Looks between sweeps: at the SIMs that were active last, so that what moved is told within seconds, and at
// those that are watched (sync/watched_sims). What to ask says model/recent, what is believed
// sync/account_mirror. A look concludes nothing from what it does not see, and makes no sweep complete.
#pragma once

#include "io/async_event.hpp"
#include "model/recent.hpp"
#include "model/recent_worth.hpp"
#include "simsync/api/client.hpp"
#include "sync/account_mirror.hpp"
#include "sync/look_report.hpp"
#include "sync/watched_sims.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace simsync
{

struct RecentOptions
{
    std::chrono::milliseconds interval{0}; // from one look's start to the next; 0: never
    // In place of it, as far as looks are worth it (model/recent_worth).
    std::optional<AutomaticLooks> automatic{};
    RecentPlan plan;
    std::vector<Filter> scope; // as the sweeper's
    WatchOptions watch{};
};

struct RecentObserver
{
    std::function<void(const LookReport&)> looked{};
};

// Runs beside the sweeps of the same mirror, which must have been loaded. After any exception take the lease
// again and make a new one.
class RecentLooker
{
public:
    RecentLooker(
        const boost::asio::any_io_executor& executor, Source& source, AccountMirror& mirror,
        RecentOptions options, RecentObserver observer = {});

    // Until `stop`. Throws StoreError.
    boost::asio::awaitable<void> run();

    // One look at those that are watched and at what moved lately; nothing where the mirror is not ready for
    // it. What the API does to us is in the report; throws StoreError only.
    boost::asio::awaitable<LookReport> look();
    // Whom to ask for besides.
    WatchedSims& watched() noexcept { return watched_; }

    // A sweep has ended: what it found first, and what the looks had found.
    void sweep_ended(const SweepRecord& sweep);
    // Of what the last sweeps and looks found changed, what the looks found first (0 to 1); empty: nothing
    // did.
    std::optional<double> share() const { return worth_.share(); }
    // Looks are not worth their requests now: seldom_interval passes between two.
    bool seldom() const { return options_.automatic && !worth_.worthwhile(); }

    void stop();

private:
    using Time = std::chrono::steady_clock::time_point;

    bool is_on() const;
    std::optional<std::chrono::milliseconds> interval() const;
    bool is_due(Time now) const;
    boost::asio::awaitable<LookReport> turn();
    boost::asio::awaitable<void> look_at_recent(LookReport& report);
    boost::asio::awaitable<void> look_by(Recent& recent, std::optional<Timestamp> until, LookReport& report);
    boost::asio::awaitable<bool> ask(Recent& recent, LookReport& report);
    std::chrono::milliseconds pause_after(const LookReport& report);

    Source& source_;
    AccountMirror& mirror_;
    RecentOptions options_;
    RecentObserver observer_;
    Recent recent_;
    Recent until_now_; // at those who are not active in the future
    RecentWorth worth_;
    WatchedSims watched_;
    Time began_{};      // the last look at what moved
    Time not_before_{}; // the next one
    AsyncEvent stopped_;
    int failures_ = 0; // looks in a row
    bool stopping_ = false;
};

} // namespace simsync
