// An account's books.
#include "store/account_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"
#include "store/held_locks.hpp"
#include "store/loading_rows.hpp"
#include "store/numbering_rows.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

const std::string select_sweeps = R"(
    select id, simsync.rfc3339(started_at), simsync.rfc3339(finished_at), outcome, baseline, requests, pages, items,
           added, changed, unchanged, removed, events, error, set_aside, set_aside_what,
           found_by_looks, expected
      from simsync.sweep where account = $1)";

Outcome outcome_named(const std::string& name)
{
    constexpr std::array all{Outcome::running, Outcome::complete, Outcome::incomplete, Outcome::failed};
    const auto found = std::ranges::find(all, name, [](Outcome outcome) { return to_text(outcome); });
    if (found == all.end())
        throw SqlFailure(SqlFailure::Kind::unexpected, "\"" + name + "\" is no outcome of a sweep");
    return *found;
}

SweepRecord sweep_of(const Row& row)
{
    SweepRecord sweep;
    read_field(row[0], sweep.id);
    read_field(row[1], sweep.started_at);
    read_field(row[2], sweep.finished_at);
    sweep.outcome = outcome_named(row[3].as<std::string>());
    read_field(row[4], sweep.baseline);
    read_field(row[5], sweep.requests);
    read_field(row[6], sweep.pages);
    read_field(row[7], sweep.items);
    read_field(row[8], sweep.added);
    read_field(row[9], sweep.changed);
    read_field(row[10], sweep.unchanged);
    read_field(row[11], sweep.removed);
    read_field(row[12], sweep.events);
    read_field(row[13], sweep.error);
    read_field(row[14], sweep.set_aside);
    read_field(row[15], sweep.set_aside_what);
    read_field(row[16], sweep.found_by_looks);
    read_field(row[17], sweep.expected);
    return sweep;
}

std::optional<SweepRecord> last_complete_sweep(Work& work, const std::string& account)
{
    const auto rows =
        work.exec_params(select_sweeps + " and outcome = 'complete' order by id desc limit 1", account);
    if (rows.empty())
        return std::nullopt;
    return sweep_of(rows[0]);
}

// What is told once must stay told when another process leads: the change log remembers.
void read_what_was_emitted(Work& work, AccountRecord& record)
{
    for (const auto& row : work.exec_params(
             "select field, simsync.rfc3339(since), left_out, error from simsync.drift where account = $1",
             record.account))
        record.drifts.emplace(
            row[0].as<std::string>(),
            FieldDrift{row[1].as<Timestamp>(), row[2].as<bool>(), row[3].as<std::string>()});
    const auto& last = record.last_complete_sweep;
    record.auth_failed = work.exec_one(
                                 R"(
        select exists (select from simsync.change_event
                        where account = $1 and kind = 'account.auth_failed'
                          and observed_at > coalesce($2::timestamptz, '-infinity')))",
                                 record.account, sql_text(last ? last->finished_at : std::nullopt))[0]
                             .as<bool>();
    read_field(
        work.exec_one(
            R"(
        with told as (select max(observed_at) as at from simsync.change_event
                       where account = $1 and kind = 'account.auth_failed')
        select case when told.at is not null then
                 (select count(*) from (select from simsync.sweep s
                                         where s.account = $1 and s.outcome = 'complete' and s.finished_at > told.at
                                         limit $2) as few) end
          from told)",
            record.account, AccountRecord::most_complete_that_matter)[0],
        record.complete_since_auth_failed);
}

} // namespace

std::string this_host()
{
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

std::set<std::string> those_led(Work& work, std::span<const std::string> accounts)
{
    std::set<std::string> led;
    for (const auto& row : work.exec_params(
             "with " + held_lock + " select a.account from unnest($1::text[]) as a (account) where " +
                 is_led_condition("a.account"),
             array_literal(accounts)))
        led.insert(row[0].as<std::string>());
    return led;
}

AccountRecord account_record(Work& work, const std::string& account)
{
    AccountRecord record;
    record.account = account;
    const auto rows = work.exec_params(
        R"(
        select stream_id, endpoint, scope, baselined_at is not null, degraded_since is not null, last_seq, held_removals,
               leader_host, leader_pid, simsync.rfc3339(leader_since),
               exists (select from simsync.sim where account = $1), simsync.rfc3339(baselined_at),
               )" +
            leads_elsewhere_condition + " from simsync.account where account = $1",
        account);
    if (rows.empty())
        return record;
    const auto row = rows[0];
    read_field(row[0], record.stream_id);
    read_field(row[1], record.endpoint);
    read_field(row[2], record.scope);
    read_field(row[3], record.baselined);
    read_field(row[4], record.degraded);
    read_field(row[5], record.last_seq);
    read_field(row[6], record.held_removals);
    if (row[12].as<bool>() || !those_led(work, {&account, 1}).empty())
    {
        read_field(row[7], record.leader_host);
        read_field(row[8], record.leader_pid);
        read_field(row[9], record.leader_since);
        record.loading = loading_record(work, account);
    }
    read_field(row[10], record.holds_rows);
    read_field(row[11], record.baselined_at);
    record.last_complete_sweep = last_complete_sweep(work, account);
    record.numbering = numbering_record(work, account);
    read_what_was_emitted(work, record);
    return record;
}

LedgerRecord ledger_record(Work& work, const std::string& account)
{
    LedgerRecord record{account_record(work, account), {}};
    for (const auto& row :
         work.exec_params("select sim, misses, returns from simsync.absence where account = $1", account))
        record.absences.emplace(row[0].as<std::string>(), Absence{row[1].as<int>(), row[2].as<int>()});
    return record;
}

std::vector<SweepRecord> newest_sweeps(Work& work, const std::string& account, int count)
{
    return sweeps_before(work, account, std::nullopt, static_cast<std::size_t>(count));
}

std::vector<SweepRecord>
sweeps_before(Work& work, const std::string& account, std::optional<std::int64_t> before, std::size_t count)
{
    std::vector<SweepRecord> sweeps;
    for (const auto& row : work.exec_params(
             select_sweeps + " and ($2::bigint is null or id < $2) order by id desc limit $3", account,
             before, count))
        sweeps.push_back(sweep_of(row));
    return sweeps;
}

std::int64_t next_sweep_id(Work& work, const std::string& account)
{
    return work.exec_one("select coalesce(max(id), 0) + 1 from simsync.sweep where account = $1", account)[0]
        .as<std::int64_t>();
}

void record_sweep(Work& work, const std::string& account, const SweepRecord& sweep)
{
    work.exec_params(
        R"(
        insert into simsync.sweep (account, id, started_at, finished_at, outcome, baseline, requests, pages, items,
                                   added, changed, unchanged, removed, events, error, set_aside, set_aside_what,
                                   found_by_looks, expected)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        on conflict (account, id) do update
           set started_at = excluded.started_at, finished_at = excluded.finished_at, outcome = excluded.outcome,
               baseline = excluded.baseline, requests = excluded.requests, pages = excluded.pages,
               items = excluded.items, added = excluded.added, changed = excluded.changed,
               unchanged = excluded.unchanged, removed = excluded.removed, events = excluded.events,
               error = excluded.error, set_aside = excluded.set_aside, set_aside_what = excluded.set_aside_what,
               found_by_looks = excluded.found_by_looks, expected = excluded.expected)",
        account, sweep.id, to_text(sweep.started_at), sql_text(sweep.finished_at), to_text(sweep.outcome),
        sweep.baseline, sweep.requests, sweep.pages, sweep.items, sweep.added, sweep.changed, sweep.unchanged,
        sweep.removed, sweep.events, sweep.error, sweep.set_aside, sweep.set_aside_what, sweep.found_by_looks,
        sweep.expected);
}

std::pair<std::string, std::int64_t> enter_leader(
    Work& work, const std::string& account, const std::string& endpoint, const SeenEvents::Account& seen,
    Timestamp now)
{
    work.exec_params(
        R"(
        insert into simsync.ledger (account, endpoint, leader_host, leader_pid, leader_since, loading_sims)
        values ($1, $2, $3, $4, now(), 0)
        on conflict (account) do update
           set endpoint = excluded.endpoint, leader_host = excluded.leader_host, leader_pid = excluded.leader_pid,
               leader_since = excluded.leader_since, retired_at = null, retiring_after = null,
               loading_sims = 0, loading_expected = null)",
        account, endpoint, this_host(), static_cast<std::int64_t>(getpid()));
    return continue_numbering(work, account, seen, now);
}

void close_orphaned_sweep(Work& work, const std::string& account)
{
    work.exec_params(
        R"(
        update simsync.sweep
           set outcome = 'failed', finished_at = now(), error = 'the process that ran it ended before it could finish'
         where account = $1 and outcome = 'running' and id = (select max(id) from simsync.sweep where account = $1))",
        account);
}

void drop_sweeps(Work& work, const std::string& account, Timestamp before)
{
    work.exec_params("delete from simsync.untold_change where recorded_at < $1", to_text(before));
    work.exec_params(
        R"(
        delete from simsync.sweep s using simsync.account a
         where s.account = $1 and s.started_at < $2 and a.account = s.account
           and s.id is distinct from a.last_complete_sweep_id and s.outcome <> 'running')",
        account, to_text(before));
}

void set_absences(Work& work, const std::string& account, const std::map<std::string, Absence>& absences)
{
    work.exec_params("delete from simsync.absence where account = $1", account);
    ArrayLiteral sims;
    ArrayLiteral misses;
    ArrayLiteral returns;
    for (const auto& [sim, absence] : absences)
    {
        sims.add(std::string_view(sim));
        misses.add(std::string_view(std::to_string(absence.misses)));
        returns.add(std::string_view(std::to_string(absence.returns)));
    }
    if (!absences.empty())
        work.exec_params(
            R"(
            insert into simsync.absence (account, sim, misses, returns)
            select $1, * from unnest($2::text[], $3::int[], $4::int[]))",
            account, sims.text(), misses.text(), returns.text());
}

void set_drifts(Work& work, const std::string& account, const Drifts& drifts)
{
    work.exec_params("delete from simsync.drift where account = $1", account);
    for (const auto& [field, drift] : drifts)
        work.exec_params(
            "insert into simsync.drift (account, field, since, left_out, error) values ($1, $2, $3, $4, $5)",
            account, field, to_text(drift.since), drift.left_out, drift.error);
}

// One decision is made of all rows at once, so that of any row is that of the set.
HeldRemovals held_removals(Work& work, const std::string& account)
{
    HeldRemovals held;
    for (const auto& row : work.exec_params(
             R"(
             select sim, coalesce(decision, ''), coalesce(decided_by, '') from simsync.held_removal
              where account = $1 order by sim)",
             account))
    {
        held.sims.push_back(row[0].as<std::string>());
        held.decision = decision_named(row[1].text()).value_or(Decision::none);
        held.decided_by = row[2].as<std::string>();
    }
    return held;
}

void keep_rejected(Work& work, const std::string& account, std::span<const std::string> absent)
{
    work.exec_params(
        "delete from simsync.held_removal where account = $1 and sim <> all ($2::text[])", account,
        array_literal(absent));
    work.exec_params("update simsync.ledger set held_removals = 0 where account = $1", account);
}

void hold_removals(
    Work& work, const std::string& account, std::span<const std::string> ids, std::int64_t sweep_id)
{
    const auto sims = array_literal(ids);
    work.exec_params(
        "delete from simsync.held_removal where account = $1 and sim <> all ($2::text[])", account, sims);
    work.exec_params(
        R"(
        insert into simsync.held_removal as held (account, sim, sweep_id) select $1, unnest($2::text[]), $3
            on conflict (account, sim) do update
           set sweep_id = excluded.sweep_id, decision = null, decided_by = null, decided_at = null,
               lapsed = coalesce(held.decision, held.lapsed), lapsed_by = coalesce(held.decided_by, held.lapsed_by),
               lapsed_at = case when held.decision is null then held.lapsed_at else now() end)",
        account, sims, sweep_id);
    work.exec_params("update simsync.ledger set held_removals = $2 where account = $1", account, ids.size());
}

} // namespace simsync
