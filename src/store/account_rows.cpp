#include "store/account_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"
#include "store/held_locks.hpp"
#include "store/numbering_rows.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

const std::string sweep_columns =
    "s.id, simsync.rfc3339(s.started_at), simsync.rfc3339(s.finished_at), s.outcome, s.baseline, s.requests, "
    "s.pages, s.items, s.added, s.changed, s.unchanged, s.removed, s.events, s.error, s.set_aside, "
    "s.set_aside_what, s.found_by_looks, s.expected";

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

// Of each of these accounts the newest sweeps, the newest first, that `condition` is true of.
SweepsOfEach
newest_of_each(Work& work, std::span<const std::string> accounts, const std::string& condition, int count)
{
    const auto select = "select " + sweep_columns + R"(, w.account
          from unnest($1::text[]) as w (account)
         cross join lateral (select * from simsync.sweep n
                              where n.account = w.account and )" +
                        condition + R"(
                              order by n.id desc limit $2) s
         order by w.account, s.id desc)";
    SweepsOfEach sweeps;
    for (const auto& row : work.exec_params(select, array_literal(accounts), count))
        sweeps[row.back().as<std::string>()].push_back(sweep_of(row));
    return sweeps;
}

// What is told once must stay told when another process leads: the change log remembers. Of sweeps, ids rise
// with time.
const std::string select_records = R"(
    with refused as (
        select e.account, max(e.observed_at) as at
          from simsync.change_event e
         where e.kind = 'account.auth_failed' and e.account = any ($1::text[])
         group by e.account)
    select l.account, l.stream_id, l.endpoint, l.scope, l.baselined_at is not null, l.degraded_since is not null,
           l.last_seq, l.held_removals, exists (select from simsync.sim s where s.account = l.account),
           simsync.rfc3339(l.baselined_at), )" +
                                   leads_elsewhere_condition + R"(,
           l.leader_host, l.leader_pid, simsync.rfc3339(l.leader_since), l.loading_sims, l.loading_expected,
           n.reason, n.after_seq, n.lost_upto, simsync.rfc3339(n.began_at),
           simsync.rfc3339(refused.at), since.complete
      from simsync.ledger l
      left join lateral (select * from simsync.numbering m where m.account = l.account
                          order by m.step desc limit 1) n on true
      left join refused on refused.account = l.account
      left join lateral (select count(*) filter (where few.finished_at > refused.at) as complete
                           from (select s.finished_at from simsync.sweep s
                                  where s.account = l.account and s.outcome = 'complete'
                                  order by s.id desc limit $2) few) since on refused.at is not null
     where l.account = any ($1::text[]))";

// Whoever leads, or led last, and how far it has read what the mirror holds.
void read_leader(const Row& row, AccountRecord& record)
{
    read_field(row[11], record.leader_host);
    read_field(row[12], record.leader_pid);
    read_field(row[13], record.leader_since);
    if (row[14].is_null())
        return;
    auto& loading = record.loading.emplace();
    read_field(row[14], loading.sims);
    read_field(row[15], loading.expected);
}

void read_numbering(const Row& row, AccountRecord& record)
{
    if (row[16].is_null())
        return;
    auto& numbering = record.numbering.emplace();
    read_field(row[16], numbering.reason);
    read_field(row[17], numbering.after_seq);
    read_field(row[18], numbering.lost_upto);
    read_field(row[19], numbering.began_at);
}

void read_refusal(const Row& row, AccountRecord& record)
{
    const auto refused_at = row[20].as<std::optional<Timestamp>>();
    const auto& last = record.last_complete_sweep;
    record.auth_failed = refused_at && (!last || !last->finished_at || *last->finished_at < *refused_at);
    read_field(row[21], record.complete_since_auth_failed);
}

AccountRecord record_of(const Row& row, bool is_led)
{
    AccountRecord record;
    read_field(row[0], record.account);
    read_field(row[1], record.stream_id);
    read_field(row[2], record.endpoint);
    read_field(row[3], record.scope);
    read_field(row[4], record.baselined);
    read_field(row[5], record.degraded);
    read_field(row[6], record.last_seq);
    read_field(row[7], record.held_removals);
    read_field(row[8], record.holds_rows);
    read_field(row[9], record.baselined_at);
    if (row[10].as<bool>() || is_led)
        read_leader(row, record);
    read_numbering(row, record);
    return record;
}

void read_drifts(
    Work& work, std::span<const std::string> accounts, std::map<std::string, AccountRecord>& records)
{
    for (const auto& row : work.exec_params(
             R"(
             select account, field, simsync.rfc3339(since), left_out, error from simsync.drift
              where account = any ($1::text[]))",
             array_literal(accounts)))
        if (const auto found = records.find(row[0].as<std::string>()); found != records.end())
            found->second.drifts.emplace(
                row[1].as<std::string>(),
                FieldDrift{row[2].as<Timestamp>(), row[3].as<bool>(), row[4].as<std::string>()});
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

std::map<std::string, AccountRecord> account_records(Work& work, std::span<const std::string> accounts)
{
    const auto led = those_led(work, accounts);
    auto complete = newest_of_each(work, accounts, "n.outcome = 'complete'", 1);
    std::map<std::string, AccountRecord> records;
    for (const auto& row :
         work.exec_params(select_records, array_literal(accounts), AccountRecord::most_complete_that_matter))
    {
        const auto account = row[0].as<std::string>();
        auto& record = records.emplace(account, record_of(row, led.contains(account))).first->second;
        if (const auto last = complete.find(account); last != complete.end())
            record.last_complete_sweep = std::move(last->second.front());
        read_refusal(row, record);
    }
    read_drifts(work, accounts, records);
    return records;
}

AccountRecord account_record(Work& work, const std::string& account)
{
    AccountRecord unknown;
    unknown.account = account;
    auto records = account_records(work, {&account, 1});
    return records.empty() ? unknown : std::move(records.begin()->second);
}

LedgerRecord ledger_record(Work& work, const std::string& account)
{
    LedgerRecord record{account_record(work, account), {}};
    for (const auto& row :
         work.exec_params("select sim, misses, returns from simsync.absence where account = $1", account))
        record.absences.emplace(row[0].as<std::string>(), Absence{row[1].as<int>(), row[2].as<int>()});
    return record;
}

SweepsOfEach newest_sweeps(Work& work, std::span<const std::string> accounts, int count)
{
    return newest_of_each(work, accounts, "true", count);
}

std::vector<SweepRecord>
sweeps_before(Work& work, const std::string& account, std::optional<std::int64_t> before, std::size_t count)
{
    std::vector<SweepRecord> sweeps;
    for (const auto& row : work.exec_params(
             "select " + sweep_columns + R"(
               from simsync.sweep s
              where s.account = $1 and ($2::bigint is null or s.id < $2) order by s.id desc limit $3)",
             account, before, count))
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
