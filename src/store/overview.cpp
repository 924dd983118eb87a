#include "store/overview.hpp"

#include "postgres/row_values.hpp"
#include "store/account_rows.hpp"
#include "store/consumer_rows.hpp"
#include "store/event_record.hpp"
#include "store/held_locks.hpp"
#include "store/runs_out.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

constexpr int sweeps_to_show = 5;
constexpr int critical_looked_at = 1'000; // of each kind: milliseconds

// By tariff, so that one look at each SIM counts both.
const std::string select_counts = R"(
    select s.account, s.tariff_name,
           count(*) filter (where s.removed_at is null),
           count(*) filter (where s.removed_at is null and s.is_blocked),
           count(*) filter (where s.removed_at is null and s.balance <= 0),
           count(*) filter (where s.removed_at is null and s.tariff_expires_at <= now()),
           count(*) filter (where s.removed_at is null and s.tariff_expires_at > now()
                                  and s.tariff_expires_at <= now() + interval '7 days'),
           count(*) filter (where s.removed_at is null and s.imei_is_correct is false),
           count(*) filter (where s.removed_at is null and s.is_archived),
           count(s.removed_at)
      from simsync.sim s
      join simsync.ledger l on l.account = s.account and l.retired_at is null
     group by s.account, s.tariff_name)";

// A SIM that is removed has no balance.low.
const std::string select_low =
    "select account, count(*) from simsync.condition where condition = 'balance.low' group by account";

const std::string select_hours = R"(
    select e.account, simsync.rfc3339(date_trunc('hour', e.recorded_at)),
           count(*) filter (where e.severity = 'info'), count(*) filter (where e.severity = 'warning'),
           count(*) filter (where e.severity = 'critical')
      from simsync.change_event e
      join simsync.ledger l on l.account = e.account and l.retired_at is null
     where e.recorded_at > now() - interval '24 hours'
     group by e.account, date_trunc('hour', e.recorded_at)
     order by date_trunc('hour', e.recorded_at), e.account)";

// The newest of each kind, by the index of kinds, and of these a few of each account: as much work for a
// thousand accounts as for one. How long ago that was does not matter.
std::string select_critical()
{
    std::string kinds;
    for (const auto kind : all_kinds())
        if (severity_of(kind) == Severity::critical)
            kinds.append(kinds.empty() ? "('" : ", ('").append(to_text(kind)).append("')");
    return "select " + event_columns + R"(
      from (select e.*, row_number() over (partition by e.account order by e.observed_at desc, e.seq desc) as place
              from (values )" +
           kinds + R"() as k (wanted)
             cross join lateral (
                select * from simsync.change_event n
                 where n.kind = k.wanted and n.kind <> 'balance.changed' and n.kind <> 'data_balance.changed'
                 order by n.observed_at desc limit )" +
           std::to_string(critical_looked_at) + R"() e
              join simsync.ledger l on l.account = e.account and l.retired_at is null) e
     where place <= 5
     order by observed_at desc, account, seq desc)";
}

void add_counts(const Row& row, FleetOverview& overview)
{
    const auto account = row[0].as<std::string>();
    auto& counts = overview.counts[account];
    const auto sims = row[2].as<std::int64_t>();
    std::size_t at = 2;
    for (auto* count :
         {&counts.sims, &counts.blocked, &counts.depleted, &counts.expired, &counts.expiring,
          &counts.imei_mismatched, &counts.archived, &counts.removed})
        *count += row[at++].as<std::int64_t>();
    if (sims > 0)
        overview.tariffs.push_back({account, row[1].as<std::optional<std::string>>(), sims});
}

void sort_tariffs(std::vector<TariffCount>& tariffs)
{
    std::ranges::sort(
        tariffs,
        [](const TariffCount& left, const TariffCount& right)
        {
            return std::tie(left.account, right.sims, left.tariff_name) <
                   std::tie(right.account, left.sims, right.tariff_name);
        });
}

// Whoever led last is named where nobody sees who holds the lease.
const std::string select_accounts = R"(
    select l.account, l.stream_id, l.last_seq, simsync.rfc3339(done.finished_at),
           floor(extract(epoch from now() - done.finished_at))::bigint, simsync.rfc3339(l.baselined_at),
           simsync.rfc3339(l.degraded_since),
           case when l.degraded_since is not null then
               (select e.after ->> 'error' from simsync.change_event e
                 where e.account = l.account and e.kind = 'account.degraded'
                   and e.recorded_at > l.degraded_since - interval '1 day'
                 order by e.seq desc limit 1) end,
           l.leader_host, l.leader_pid, simsync.rfc3339(l.leader_since), l.held_removals,
           (select simsync.rfc3339(min(h.held_at)) from simsync.held_removal h
             where h.account = l.account and l.held_removals > 0),
           l.balance_low, )" + leads_elsewhere_condition +
                                    R"(, l.loading_sims, l.loading_expected
      from simsync.ledger l
      left join lateral (select finished_at from simsync.sweep s
                          where s.account = l.account and s.outcome = 'complete' order by s.id desc limit 1) done on true
     where l.retired_at is null and ($1::text is null or l.account = $1))";

std::optional<LoadingRecord> loading_of(const Row& row)
{
    const auto sims = row[15].as<std::optional<std::int64_t>>();
    if (!sims)
        return std::nullopt;
    return LoadingRecord{*sims, row[16].as<std::optional<std::int64_t>>()};
}

AccountNow account_now(const Row& row, const std::set<std::string>& led)
{
    AccountNow now;
    read_field(row[0], now.account);
    read_field(row[1], now.stream_id);
    read_field(row[2], now.last_seq);
    read_field(row[3], now.last_complete_sweep_at);
    read_field(row[4], now.age_seconds);
    read_field(row[5], now.baselined_at);
    read_field(row[6], now.degraded_since);
    read_field(row[7], now.degraded_error);
    now.fresh = now.last_complete_sweep_at && !now.degraded_since;
    if (row[14].as<bool>() || led.contains(now.account))
    {
        read_field(row[8], now.leader_host);
        read_field(row[9], now.leader_pid);
        read_field(row[10], now.leader_since);
        now.loading = loading_of(row);
    }
    read_field(row[11], now.held_removals);
    read_field(row[12], now.held_since);
    read_field(row[13], now.balance_low);
    return now;
}

void read_consumers(
    Work& work, const std::optional<std::string>& account, std::map<std::string, AccountNow>& accounts)
{
    for (auto& position : consumer_positions(work.exec_params(
             "select " + consumer_position_columns +
                 " from simsync.consumer_position where $1::text is null or account = $1 order by account, "
                 "consumer",
             account)))
        if (const auto found = accounts.find(position.account); found != accounts.end())
            found->second.consumers.push_back(std::move(position));
}

} // namespace

FleetOverview fleet_overview(Work& work)
{
    FleetOverview overview;
    read_field(work.exec_one("select simsync.rfc3339(now())")[0], overview.computed_at);
    for (const auto& row : work.exec("select account from simsync.ledger where retired_at is null"))
        overview.counts[row[0].as<std::string>()].runs_out = 0;
    for (const auto& row : work.exec(select_counts))
        add_counts(row, overview);
    sort_tariffs(overview.tariffs);
    for (const auto& row : work.exec(select_low))
        if (const auto found = overview.counts.find(row[0].as<std::string>()); found != overview.counts.end())
            read_field(row[1], found->second.low);
    for (const auto& row : work.exec(select_hours))
        overview.hours.push_back(
            {row[0].as<std::string>(), row[1].as<Timestamp>(), row[2].as<std::int64_t>(),
             row[3].as<std::int64_t>(), row[4].as<std::int64_t>()});
    overview.last_critical = event_records(work.exec(select_critical()));
    return overview;
}

std::map<std::string, std::int64_t> count_running_out(Work& work)
{
    std::map<std::string, std::int64_t> counts;
    for (const auto& row :
         work.exec("with " + runs_out_table + " select account, count(*) from runs_out group by account"))
        counts.emplace(row[0].as<std::string>(), row[1].as<std::int64_t>());
    return counts;
}

std::vector<AccountNow> accounts_now(Work& work, const std::optional<std::string>& account)
{
    const auto rows = work.exec_params(select_accounts, account);
    std::vector<std::string> names;
    for (const auto& row : rows)
        names.push_back(row[0].as<std::string>());
    // One question each, however many accounts there are.
    const auto led = those_led(work, names);
    auto sweeps = newest_sweeps(work, names, sweeps_to_show);
    std::map<std::string, AccountNow> by_name;
    for (const auto& row : rows)
    {
        auto now = account_now(row, led);
        now.last_sweeps = std::move(sweeps[now.account]);
        by_name.emplace(now.account, std::move(now));
    }
    read_consumers(work, account, by_name);
    std::vector<AccountNow> accounts;
    accounts.reserve(by_name.size());
    for (auto& [name, now] : by_name)
        accounts.push_back(std::move(now));
    return accounts;
}

std::map<std::string, StreamPosition> stream_positions(Work& work)
{
    std::map<std::string, StreamPosition> streams;
    for (const auto& row :
         work.exec("select account, stream_id, last_seq from simsync.ledger where retired_at is null"))
        streams.emplace(
            row[0].as<std::string>(), StreamPosition{row[1].as<std::string>(), row[2].as<std::int64_t>()});
    return streams;
}

} // namespace simsync
