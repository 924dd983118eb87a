// The one Transaction there is: what an open one may do of one account.
#pragma once

#include "postgres/driver.hpp"
#include "store/condition_rows.hpp"
#include "store/event_rows.hpp"
#include "store/expiry_scan.hpp"
#include "store/mirror.hpp"
#include "store/sim_rows.hpp"

#include <optional>
#include <string>

namespace simsync
{

class WritingTransaction final : public Transaction
{
public:
    WritingTransaction(Work& work, const std::string& account, Months& months)
        : work_(work),
          account_(account),
          months_(months)
    {
    }

    std::vector<StoredSim> load(std::span<const std::string> ids) override;
    void insert(std::span<const SimToWrite> sims) override;
    void update(std::span<const SimToWrite> sims) override;
    void remove(std::span<const std::string> ids, Timestamp at) override;
    void leave_scope(std::span<const std::string> ids, Timestamp at) override;
    void set_absences(const std::map<std::string, Absence>& absences) override;
    std::map<std::string, Presence> presence(std::span<const std::string> ids, Timestamp from) override;
    std::int64_t append(std::span<const Event> events) override;
    std::int64_t next_sweep_id() override;
    void record(const SweepRecord& sweep) override;
    void set_baselined(const std::string& scope, Timestamp at) override;
    void begin_baseline() override;
    EventCounts standing(Timestamp now, std::span<const std::chrono::seconds> warnings) override;
    void set_drifts(const Drifts& drifts) override;
    void set_balance_low(const std::optional<Money>& balance_low) override;
    bool set_degraded(bool degraded) override;
    void hold_removals(std::span<const std::string> ids, std::int64_t sweep_id) override;
    HeldRemovals held_removals() override;
    void keep_rejected(std::span<const std::string> absent) override;
    void release_removals() override;
    std::optional<ActionRecord> take_action(std::span<const std::string> but_of) override;
    std::vector<ActionRecord> actions_in_doubt() override;
    void finish_action(std::int64_t id, const ActionEnd& end) override;
    using Transaction::raise_due;
    DueLook
    raise_due(DueLook look, std::span<const std::chrono::seconds> warnings, std::size_t most) override;
    std::optional<Timestamp> next_due(Timestamp now, std::span<const std::chrono::seconds> warnings) override;

    // Last thing before the commit: what is on its way is there.
    void flush();

    std::int64_t last_seq() const noexcept { return last_seq_; } // given here; 0: nothing was appended

private:
    // To ask something else than another insert.
    Work& work();

    // New rows on their way, until something else is asked: the server takes in what it has while the caller
    // judges the next.
    struct Insertion
    {
        Insertion(Work& work, const std::string& account) : rows(work, account) {}

        SimLoad rows;
        Raised raised;
        NewDeadlines deadlines;
    };

    Work& work_; // only by `work`
    const std::string& account_;
    Months& months_;
    std::int64_t last_seq_ = 0; // 0: nothing was appended
    std::optional<Insertion> insertion_;
};

} // namespace simsync
