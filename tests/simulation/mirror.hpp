// A database in memory that behaves as src/store does over migrations/: what one transaction writes is there
// as a whole or not at all, and the connection may be lost at any point.
#pragma once

#include "simulation/chance.hpp"
#include "simulation/findings.hpp"
#include "store/mirror.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace simsync::simulation
{

// A row of simsync.sim.
struct Row
{
    ObservedSim observed;
    Timestamp first_seen_at;
    Timestamp changed_at;
    std::optional<Timestamp> removed_at;
    std::int64_t revision = 1;
    LastKnown last_known{};
    bool left_scope = false;
};

// The rows of simsync.condition of one SIM.
struct Standing
{
    struct Expiry
    {
        Timestamp deadline;
        std::chrono::seconds ahead;
        std::optional<Timestamp> missing_since{};
    };
    bool balance_low = false;
    std::optional<Expiry> tariff_expiry;
};

// What is committed; or what one transaction has written so far, which hides what is committed.
struct Tables
{
    std::unordered_map<std::string, Row> sims;
    std::unordered_map<std::string, Standing> standing;
    std::vector<Event> events; // in the order of their seq
    std::map<std::int64_t, SweepRecord> sweeps;
    std::optional<LedgerRecord> ledger;
    std::optional<HeldRemovals> held;
};

// Hears of each transaction when it has been committed.
class Auditor
{
public:
    virtual void committed(const Tables& written, const Tables& before) = 0;

protected:
    ~Auditor() = default;
};

class Database
{
public:
    Database(double conflict, Chance chance, Findings& findings);

    // A connection of its own, as PostgresMirror is one.
    std::unique_ptr<Mirror> connect();

    const Tables& tables() const { return tables_; }
    std::int64_t last_seq() const { return tables_.ledger ? tables_.ledger->last_seq : 0; }
    std::int64_t rows_written() const { return rows_written_; }
    // A person decides of all removals that are held, on a connection of their own.
    void decide(Decision decision);
    // Conflicts and crashes end.
    void rest();

    // Points at which the connection may be lost, counted from 1 as they are passed.
    std::uint64_t boundaries() const { return boundaries_; }
    void crash_at(std::uint64_t boundary) { crash_at_ = boundary; }

    Auditor* auditor = nullptr;
    std::function<Timestamp()> clock;

private:
    class Connection;
    class Writing;

    void pass_boundary();
    void commit(Tables written);

    Tables tables_;
    double conflict_;
    Chance chance_;
    Findings& findings_;
    std::int64_t rows_written_ = 0;
    std::uint64_t boundaries_ = 0;
    std::uint64_t crash_at_ = 0; // 0: never
};

} // namespace simsync::simulation
