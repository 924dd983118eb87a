// What one transaction may do.
#include "store/transaction.hpp"

#include "store/account_rows.hpp"
#include "store/action_rows.hpp"
#include "store/expiry_rows.hpp"

namespace simsync
{

Work& WritingTransaction::work()
{
    if (insertion_)
    {
        insertion_->rows.complete();
        insertion_->raised.write(work_, account_);
        insertion_->deadlines.note(work_, account_);
        insertion_.reset();
    }
    return work_;
}

std::vector<StoredSim> WritingTransaction::load(std::span<const std::string> ids)
{
    return load_sims(work(), account_, ids);
}

void WritingTransaction::insert(std::span<const SimToWrite> sims)
{
    if (sims.empty())
        return;
    if (!insertion_)
        insertion_.emplace(work_, account_);
    insertion_->rows.add(sims);
    insertion_->raised.add(sims);
    insertion_->deadlines.add(sims);
}

void WritingTransaction::update(std::span<const SimToWrite> sims)
{
    if (sims.empty())
        return;
    std::vector<std::string> readmitted;
    for (const auto& each : sims)
        if (each.readmitted)
            readmitted.push_back(each.observed.sim.id);
    if (!readmitted.empty())
        note_readmission(work(), account_, readmitted);
    update_sims(work(), account_, sims);
    end_resolved(work(), account_, sims);
    note_missing_deadlines(work(), account_, sims);
    Raised raised;
    raised.add(sims);
    raised.write(work(), account_);
}

void WritingTransaction::remove(std::span<const std::string> ids, Timestamp at)
{
    remove_sims(work(), account_, ids, at);
    end_of_removed(work(), account_, ids);
}

void WritingTransaction::leave_scope(std::span<const std::string> ids, Timestamp at)
{
    simsync::leave_scope(work(), account_, ids, at);
    end_of_removed(work(), account_, ids);
}

void WritingTransaction::set_absences(const std::map<std::string, Absence>& absences)
{
    simsync::set_absences(work(), account_, absences);
}

std::map<std::string, Presence> WritingTransaction::presence(std::span<const std::string> ids, Timestamp from)
{
    return simsync::presence(work(), account_, ids, from);
}

std::int64_t WritingTransaction::append(std::span<const Event> events)
{
    if (!events.empty())
        last_seq_ = append_events(work(), account_, events, months_);
    return last_seq_;
}

std::int64_t WritingTransaction::next_sweep_id()
{
    return simsync::next_sweep_id(work(), account_);
}

void WritingTransaction::record(const SweepRecord& sweep)
{
    record_sweep(work(), account_, sweep);
}

// By the clock that the SIMs' own times are of, which may be ahead of the server's.
void WritingTransaction::set_baselined(const std::string& scope, Timestamp at)
{
    work().exec_params(
        "update simsync.ledger set baselined_at = $3, scope = $2 where account = $1", account_, scope,
        to_text(at));
}

void WritingTransaction::begin_baseline()
{
    work().exec_params(
        "update simsync.ledger set baselined_at = null where account = $1 and baselined_at is not null",
        account_);
}

EventCounts WritingTransaction::standing(Timestamp now, std::span<const std::chrono::seconds> warnings)
{
    return standing_counts(work(), account_, now, warnings);
}

bool WritingTransaction::set_degraded(bool degraded)
{
    return work()
               .exec_params(
                   R"(
        update simsync.ledger set degraded_since = case when $2 then now() end
         where account = $1 and (degraded_since is not null) <> $2)",
                   account_, degraded)
               .affected_rows() > 0;
}

void WritingTransaction::set_drifts(const Drifts& drifts)
{
    simsync::set_drifts(work(), account_, drifts);
}

void WritingTransaction::set_balance_low(const std::optional<Money>& balance_low)
{
    work().exec_params(
        R"(
        update simsync.ledger set balance_low = $2::numeric
         where account = $1 and balance_low is distinct from $2::numeric)",
        account_, balance_low ? std::optional(balance_low->text()) : std::nullopt);
}

void WritingTransaction::hold_removals(std::span<const std::string> ids, std::int64_t sweep_id)
{
    simsync::hold_removals(work(), account_, ids, sweep_id);
}

HeldRemovals WritingTransaction::held_removals()
{
    return simsync::held_removals(work(), account_);
}

void WritingTransaction::keep_rejected(std::span<const std::string> absent)
{
    simsync::keep_rejected(work(), account_, absent);
}

void WritingTransaction::release_removals()
{
    work().exec_params("delete from simsync.held_removal where account = $1", account_);
    work().exec_params("update simsync.ledger set held_removals = 0 where account = $1", account_);
}

std::optional<ActionRecord> WritingTransaction::take_action(std::span<const std::string> but_of)
{
    return simsync::take_action(work(), account_, but_of);
}

std::vector<ActionRecord> WritingTransaction::actions_in_doubt()
{
    return actions_in(work(), account_, ActionState::sent);
}

void WritingTransaction::finish_action(std::int64_t id, const ActionEnd& end)
{
    simsync::finish_action(work(), account_, id, ActionState::sent, end);
}

DueLook
WritingTransaction::raise_due(DueLook look, std::span<const std::chrono::seconds> warnings, std::size_t most)
{
    look.emitted.clear();
    const auto emit = [&](std::span<const Event> events)
    {
        append(events);
        count(look.emitted, events);
    };
    simsync::raise_due(work(), account_, look, warnings, most, emit);
    return look;
}

std::optional<Timestamp>
WritingTransaction::next_due(Timestamp now, std::span<const std::chrono::seconds> warnings)
{
    return simsync::next_due(work(), account_, now, warnings);
}

void WritingTransaction::flush()
{
    work();
}

} // namespace simsync
