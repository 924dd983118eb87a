// Rows of simsync.condition, as far as sightings change them; the clock's part is in store/clock.
#pragma once

#include "simsync/store/records.hpp"
#include "store/array_literal.hpp"

#include <pqxx/pqxx>

#include <span>
#include <string>

namespace simsync
{

// Those SIMs that balance.low stands for, gathered until they are written.
class LowBalances
{
public:
    void add(std::span<const SimToWrite> sims);

    // Where it stood already its time is kept.
    void raise(pqxx::work& work, const std::string& account);

private:
    ArrayLiteral ids_;
    ArrayLiteral times_;
    bool any_ = false;
};

// Ends the conditions that no longer stand for these SIMs.
void end_resolved(pqxx::work& work, const std::string& account, std::span<const SimToWrite> sims);

// Since when those of these SIMs that were told of a deadline show none.
void note_missing_deadlines(pqxx::work& work, const std::string& account, std::span<const SimToWrite> sims);

// Ends every condition of these SIMs.
void end_of_removed(pqxx::work& work, const std::string& account, std::span<const std::string> ids);

} // namespace simsync
