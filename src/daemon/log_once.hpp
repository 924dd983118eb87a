// What the log was told already, so that what lasts is told once. Pure: it says whether there is news, and
// logs nothing itself.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

namespace simsync
{

enum class LogTopic
{
    lending,      // the token cannot be lent to commands
    database,     // errors, by their hints
    api_failure,  // why sweeps are not complete
    paging,       // why it goes on by offset
    nobody,       // the list shows none of the SIMs that are known
    set_aside,    // fields that could not be read, and whose
    left_out,     // fields that the API does not know
    housekeeping, // what could not be done
    recent,       // the API cannot be asked for what moved lately
    looks_worth,  // looks are taken seldom
};

class LogOnce
{
public:
    struct News
    {
        std::set<std::string> begun;
        std::set<std::string> ended;
    };

    // `what` is all that is so of this topic now; against what was so when this was last asked.
    News now(LogTopic topic, const std::set<std::string>& what);
    // The same where one thing at most is so; empty: nothing is. True where it has begun.
    bool begins(LogTopic topic, const std::string& what);

    // For what is met piece by piece and lasts until `end`: true the first time. Of one thing that many
    // share, the first most_of_one of them are news; that there are more is none.
    bool is_first(LogTopic topic, const std::string& what, const std::string& whose = "");
    // All of it is over. True where the log was told of any.
    bool end(LogTopic topic);

    static constexpr std::ptrdiff_t most_of_one = 10;

private:
    using Told = std::set<std::pair<std::string, std::string>>; // what, and whose
    std::map<LogTopic, Told> told_;
};

} // namespace simsync
