// Which of an account's deadlines a look has to read. What is told of a deadline at `step` before it is due
// at `deadline - step`; whatever was due when all were read was told then, so that until they are read again
// a look reads what became due in between, however many deadlines passed long ago.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"
#include "store/mirror.hpp"
#include "store/sim_to_write.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

// The warnings and the deadline itself (zero), the nearest first.
using Steps = std::vector<std::chrono::seconds>;
Steps steps_of(std::span<const std::chrono::seconds> warnings);
std::string intervals(const Steps& steps); // as interval[]

// When all were read with these very steps, less than an hour before `now`; earlier by as much as deadlines
// that were written since ask for, which are not remembered any longer. Empty: all are to be read.
std::optional<Timestamp>
take_start(Work& work, const std::string& account, Timestamp now, const Steps& steps);
void note_all_read(Work& work, const std::string& account, Timestamp now, const Steps& steps);

// A look that goes on in another transaction has read what it was to read only when it is through: should it
// be broken off, all are to be read. What is written meanwhile is noticed for the next one.
void note_unfinished(Work& work, const std::string& account);
void note_finished(Work& work, const std::string& account);

// The instant after which something became due that may not have been told, by the earliest deadline that was
// written since all were read. Empty: all are to be read. Pure, as the next.
std::optional<Timestamp> start_of(Timestamp read_at, std::optional<Timestamp> noticed, const Steps& steps);

// Deadlines after `after` and up to `until`.
struct Reach
{
    std::optional<Timestamp> after; // empty: from the first one on
    Timestamp until;
};

// Those of which something became due after `start` and by `now`; apart from each other, the earliest first.
std::vector<Reach> reach_of(std::optional<Timestamp> start, Timestamp now, const Steps& steps);
// What is left of them behind that place; where it is one of several SIMs with the same deadline, that one is
// read again.
std::vector<Reach> beyond(std::vector<Reach> reach, const std::optional<DueLook::Place>& place);

// The deadlines of new rows, gathered until these are written: a trigger would have to look at each of a
// first load. Those of rows that change are a trigger's.
class NewDeadlines
{
public:
    void add(std::span<const SimToWrite> sims);
    void note(Work& work, const std::string& account) const; // has the next look read them

private:
    std::optional<Timestamp> earliest_;
};

} // namespace simsync
