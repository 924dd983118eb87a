// Rows of simsync.condition, as far as observed SIMs change them; what time alone does is in
// store/expiry_rows.
#pragma once

#include "postgres/array_literal.hpp"
#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"
#include "store/sim_to_write.hpp"

#include <span>
#include <string>

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
    ArrayLiteral ids_;
    ArrayLiteral conditions_;
    ArrayLiteral times_;
    ArrayLiteral standing_;
    bool any_ = false;
};

// Ends the conditions that no longer stand for these SIMs.
void end_resolved(Work& work, const std::string& account, std::span<const SimToWrite> sims);

// Since when those of these SIMs that were told of a deadline show none.
void note_missing_deadlines(Work& work, const std::string& account, std::span<const SimToWrite> sims);

// Ends every condition of these SIMs.
void end_of_removed(Work& work, const std::string& account, std::span<const std::string> ids);

// What Mirror::count_conditions promises.
EventCounts condition_counts(Work& work, const std::string& account);

} // namespace simsync
