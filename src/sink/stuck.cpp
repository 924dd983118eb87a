#include "sink/stuck.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

using namespace std::chrono;

// A receiver that is restarted, or a time-out, is over by then.
constexpr seconds lasts_after{5};
// However many events come and go.
constexpr seconds noted_every{1};
// The same event refused in other words.
constexpr minutes reworded_every{1};
// After a start: what was stuck before is not called free before it was tried again.
constexpr seconds known_after{10};

} // namespace

void StuckEvents::refused(const std::string& account, std::int64_t seq, const std::string& error, Time now)
{
    const auto [found, is_new] = refused_[account].try_emplace(seq, Stuck{seq, now, error});
    if (!is_new)
        found->second.error = error;
}

void StuckEvents::acknowledged(const std::string& account, std::int64_t upto)
{
    const auto found = refused_.find(account);
    if (found == refused_.end())
        return;
    found->second.erase(found->second.begin(), found->second.upper_bound(upto));
    if (found->second.empty())
        refused_.erase(found);
}

void StuckEvents::begin_anew(Time now)
{
    refused_.clear();
    is_unknown_ = true;
    known_from_ = now + known_after;
}

std::optional<StuckEvents::ByAccount> StuckEvents::to_note(Time now)
{
    if (is_unknown_ ? now < known_from_ : now < noted_at_ + noted_every)
        return std::nullopt;
    auto stuck = lasting(now);
    if (!is_unknown_ && !is_news(stuck, now))
        return std::nullopt;
    is_unknown_ = false;
    noted_at_ = now;
    noted_.clear();
    for (const auto& [account, each] : stuck)
        noted_.emplace(account, Noted{each.seq, each.error});
    return stuck;
}

// Of each account only what holds its position up.
StuckEvents::ByAccount StuckEvents::lasting(Time now) const
{
    ByAccount stuck;
    for (const auto& [account, events] : refused_)
        if (const auto& first = events.begin()->second; now >= first.since + lasts_after)
            stuck.emplace(account, first);
    return stuck;
}

bool StuckEvents::is_news(const ByAccount& stuck, Time now) const
{
    const bool rewords = now >= noted_at_ + reworded_every;
    return stuck.size() != noted_.size() ||
           std::ranges::any_of(
               stuck,
               [&](const auto& each)
               {
                   const auto found = noted_.find(each.first);
                   return found == noted_.end() || found->second.seq != each.second.seq ||
                          (rewords && found->second.error != each.second.error);
               });
}

} // namespace simsync
