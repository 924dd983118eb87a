#include "daemon/watch_log.hpp"

#include "daemon/account_log.hpp"
#include "daemon/log.hpp"

#include <utility>

namespace simsync
{
namespace
{

using namespace std::chrono;

constexpr milliseconds told_after{5'000};

const std::string who = "the watch over all accounts";

} // namespace

// However often it fails: the log is told once of each cause, and by one of all that the database fails. It
// is for accounts to tell of a database that is away; where it is so for the watch alone, that is told.
void WatchLog::failed(const StoreError& error)
{
    if (failures_++ == 0)
        blind_since_ = steady_clock::now();
    const bool away = dynamic_cast<const DatabaseUnavailable*>(&error) != nullptr;
    const bool lasts = steady_clock::now() - blind_since_ > told_after;
    const bool news = away ? lasts && outage_.begins(who, error.hint()) : told_ != error.hint();
    told_ = error.hint();
    if (news)
        log::error("", who + " is blind: " + error.what(), {{"hint", error.hint()}});
    else
        log::debug("", who + ": " + error.what());
}

void WatchLog::goes_on()
{
    if (std::exchange(failures_, 0) == 0)
        return;
    told_.clear();
    ends();
}

void WatchLog::ends()
{
    log_served(outage_.ends(who));
}

void WatchLog::judge(const ConnectionSum& sum, const ConnectionRoom& room)
{
    const auto doubt = doubt_about_connections(sum, room);
    if (doubt && doubt->what != doubt_)
        log::warn("", doubt->what, {{"hint", doubt->hint}});
    doubt_ = doubt ? doubt->what : "";
}

} // namespace simsync
