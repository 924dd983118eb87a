// Asks for the SIMs that are watched, by their ids, a handful at a time. Whom and what to believe of them
// says model/watched; the rest of the way is that of a recent look.
#pragma once

#include "model/watched.hpp"
#include "simsync/api/client.hpp"
#include "sync/account_mirror.hpp"
#include "sync/look_report.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <vector>

namespace simsync
{

struct WatchOptions
{
    WatchPlan plan{};
    std::function<WatchList::Time()> now = WatchList::Time::clock::now;
};

class WatchedSims
{
public:
    // `scope` as the sweeper's.
    WatchedSims(Source& source, AccountMirror& mirror, std::vector<Filter> scope, WatchOptions options = {});

    // An action of ours is about to be done to this SIM: what is known of it now is what it was before.
    void expect_action(const std::string& sim);
    // It was done, or somebody has read the SIM; from now on, for as long as the reason lasts.
    void watch(const std::string& sim, WatchReason why);

    // One question where anybody is due, none else. Finds out who is about to change now and then. What the
    // API does to us is in the report; throws StoreError only.
    boost::asio::awaitable<void> look(LookReport& report);

private:
    using Time = WatchList::Time;

    boost::asio::awaitable<void> find_whom_to_watch();
    static bool shows_others(const Page& page, const std::vector<std::string>& sims);
    void strike();
    void keep_only(Page& page, const std::vector<std::string>& sims);
    bool is_newer(const ObservedSim& observed, const StoredSim& stored);
    bool has_an_unknown_past(const StoredSim& stored) const;
    void note_known(const std::string& sim);
    bool is_mirrored(const std::string& sim) const;
    Fingerprint known(const std::string& sim) const;

    Source& source_;
    AccountMirror& mirror_;
    std::vector<Filter> scope_;
    WatchOptions options_;
    WatchList watched_;
    Time search_due_{}; // for those about to change
    int strikes_ = 0;   // against the question, in a row
    Time not_before_{}; // the next question
};

} // namespace simsync
