// An account's log and rows, compared with what must be true of them whatever happened.
#pragma once

#include <string>

namespace simsync::test
{

// Reads by SQL alone, on connections of its own, and shares no code with what wrote.
class EventLogChecker
{
public:
    explicit EventLogChecker(std::string url); // of the database, as its owner

    // What is wrong with what was written since the page was turned, one line each; empty where nothing is.
    // Numbers have no gap; in each SIM's events every `before` is the last `after`, from the row as it stood
    // then to the row that stands now; nothing is told twice, and nothing changes without a word.
    std::string complaints(const std::string& account) const;

    // The kinds of all events since the page was turned, sorted.
    std::string emitted(const std::string& account) const;

    // What stands now is where the next look begins.
    void turn_page(const std::string& account);

    // The rows that are neither removed nor held for it, one SIM a line, as fleet_lines tells the fleet.
    std::string mirror(const std::string& account) const;

private:
    std::string url_;
};

} // namespace simsync::test
