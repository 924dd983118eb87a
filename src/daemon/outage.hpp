// Accounts and sinks share a server: what befalls them with it is told once, not by each of them. Pure.
#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace simsync
{

class DatabaseOutage
{
public:
    // `who` ("main", "sink pager") is without its database for this cause. True where nobody has told of the
    // cause since the outage began.
    bool begins(const std::string& who, const std::string& cause)
    {
        without_.insert(who);
        struck_.insert(who);
        return told_.insert(cause).second;
    }

    // `who` is served again, or has left. With the last of them the outage is over, and this is how many it
    // struck; 0 before, and where there is none.
    std::size_t ends(const std::string& who)
    {
        if (without_.erase(who) == 0 || !without_.empty())
            return 0;
        const auto struck = struck_.size();
        struck_.clear();
        told_.clear();
        return struck;
    }

private:
    std::set<std::string> without_; // now
    std::set<std::string> struck_;  // since the outage began
    std::set<std::string> told_;    // causes
};

} // namespace simsync
