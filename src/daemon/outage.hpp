// Accounts and sinks share a database, and accounts an API: what befalls them with it is told once, not by
// each of them. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace simsync
{

class Outage
{
public:
    // `who` ("main", "sink pager") is without what it needs for this cause. True where the cause is news: it
    // strikes nobody else, or has struck nobody since all whom it had struck were served again.
    bool begins(const std::string& who, const std::string& cause)
    {
        auto& struck = causes_[cause];
        const bool news = struck.now.empty();
        struck.now.insert(who);
        struck.ever.insert(who);
        if (news)
            consequences_.clear();
        return news;
    }

    // What comes of it for whoever it strikes (another server took over, …). True where nobody has told of
    // that since a cause was news last.
    bool has_news(const std::string& consequence) { return consequences_.insert(consequence).second; }

    // `who` is without it now.
    bool strikes(const std::string& who) const
    {
        return std::ranges::any_of(
            causes_, [&who](const auto& cause) { return cause.second.now.contains(who); });
    }

    // `who` is served again, or has left. With the last of those that a cause struck it is over, and this is
    // how many it struck; 0 before, and where there is none. One that lasts for another one alone is no part
    // of it.
    std::size_t ends(const std::string& who)
    {
        for (auto cause = causes_.begin(); cause != causes_.end();)
        {
            auto& [now, ever] = cause->second;
            const bool over = now.erase(who) > 0 && now.empty();
            if (over)
                over_.insert(ever.begin(), ever.end());
            cause = over ? causes_.erase(cause) : std::next(cause);
        }
        if (std::ranges::any_of(over_, [this](const std::string& each) { return strikes(each); }))
            return 0;
        const auto struck = over_.size();
        over_.clear();
        return struck;
    }

private:
    struct Struck
    {
        std::set<std::string> now;
        std::set<std::string> ever; // since it was news
    };

    std::map<std::string, Struck> causes_;
    std::set<std::string> consequences_;
    std::set<std::string> over_; // struck by causes that are over, and perhaps by others that are not
};

// Of the one that is mirrored into, and of the APIs: whoever is handed both cannot mistake them.
class DatabaseOutage final : public Outage
{
};
class ApiOutage final : public Outage
{
};

} // namespace simsync
