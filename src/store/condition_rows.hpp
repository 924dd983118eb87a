// Rows of simsync.condition, as far as observed SIMs change them; what time alone does is in
// store/expiry_rows.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"
#include "store/counted_conditions.hpp"
#include "store/sim_to_write.hpp"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync
{

// What an observed SIM raises, gathered until the rows are written: balance.low, and of SIMs that a baseline
// brought that they were blocked before.
class Raised
{
public:
    void add(std::span<const SimToWrite> sims);

    // Where it stood already it is kept as it was.
    void write(Work& work, const std::string& account);

private:
    struct Condition
    {
        std::string sim;
        std::string_view name; // as in simsync.condition
        Timestamp at;
        bool standing;
    };

    std::set<std::pair<std::string, std::string>> find_rows(Work& work, const std::string& account) const;

    std::vector<Condition> conditions_;
};

// Ends the conditions that no longer stand for these SIMs.
void end_resolved(Work& work, const std::string& account, std::span<const SimToWrite> sims);

// Since when those of these SIMs that were told of a deadline show none.
void note_missing_deadlines(Work& work, const std::string& account, std::span<const SimToWrite> sims);

// Ends every condition of these SIMs.
void end_of_removed(Work& work, const std::string& account, std::span<const std::string> ids);

// What Mirror::count_conditions promises.
CountedConditions
condition_counts(Work& work, const std::string& account, const std::string& after, std::size_t about);

} // namespace simsync
