// The one Transaction there is: a pqxx::work of one account.
#pragma once

#include "simsync/store/mirror.hpp"
#include "store/event_rows.hpp"

#include <pqxx/pqxx>

#include <string>

namespace simsync
{

class WritingTransaction final : public Transaction
{
public:
    WritingTransaction(pqxx::work& work, const std::string& account, Months& months)
        : work_(work),
          account_(account),
          months_(months)
    {
    }

    std::vector<HeldSim> held(std::span<const std::string> ids) override;
    void insert(std::span<const SimToWrite> sims) override;
    void update(std::span<const SimToWrite> sims) override;
    void remove(std::span<const std::string> ids, Timestamp at) override;
    std::int64_t append(std::span<const Event> events) override;
    void record(const SweepRecord& sweep) override;
    void set_baselined(const std::string& scope) override;
    void set_degraded(bool degraded) override;
    void hold_removals(std::span<const std::string> ids, std::int64_t sweep_id) override;
    HeldRemovals held_removals() override;
    void keep_rejected(std::span<const std::string> absent) override;
    void release_removals() override;
    std::optional<ActionRecord> take_action() override;
    std::vector<ActionRecord> actions_in_doubt() override;
    void conclude_action(std::int64_t id, const ActionEnd& end) override;
    EventCounts raise_due(Timestamp now, std::span<const std::chrono::seconds> warnings) override;

    // Last thing before the commit: one notification, however many times events were appended.
    void notify();

private:
    pqxx::work& work_;
    const std::string& account_;
    Months& months_;
    std::int64_t last_seq_ = 0; // 0: nothing was appended
};

} // namespace simsync
