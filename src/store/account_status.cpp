#include "store/account_status.hpp"

#include "postgres/row_values.hpp"
#include "store/account_rows.hpp"
#include "store/consumer_rows.hpp"

#include <map>
#include <string>
#include <utility>

namespace simsync
{
namespace
{

constexpr int sweeps_to_show = 5;

// In the order of their names, which is how rows of accounts that are not among them are passed over.
using Statuses = std::map<std::string, AccountStatus>;

// Calls `read` for each row that begins with the name of one of these accounts.
template<class Read>
void each_row(const Rows& rows, Statuses& all, Read read)
{
    for (const auto& row : rows)
        if (const auto found = all.find(row[0].as<std::string>()); found != all.end())
            read(row, found->second);
}

Statuses accounts_as_they_stand(Work& work)
{
    std::vector<std::string> names;
    for (const auto& row : work.exec("select account from simsync.ledger where retired_at is null"))
        names.push_back(row[0].as<std::string>());
    auto sweeps = newest_sweeps(work, names, sweeps_to_show);
    Statuses all;
    for (auto& [name, record] : account_records(work, names))
    {
        auto& status = all[name];
        status.account = std::move(record);
        status.last_sweeps = std::move(sweeps[name]);
    }
    return all;
}

void count_events(Work& work, Statuses& all)
{
    const auto rows = work.exec(R"(
        select account, count(*) from simsync.change_event
         where recorded_at > now() - interval '1 hour' group by account)");
    each_row(
        rows, all,
        [](const Row& row, AccountStatus& status) { read_field(row[1], status.events_last_hour); });
}

void count_actions(Work& work, Statuses& all)
{
    const auto rows = work.exec(R"(
        select account, count(*) filter (where state in ('requested', 'sent')), count(*) filter (where state = 'unknown')
          from simsync.action
         where state in ('requested', 'sent') or state = 'unknown' and requested_at > now() - interval '1 day'
         group by account)");
    each_row(
        rows, all,
        [](const Row& row, AccountStatus& status)
        {
            read_field(row[1], status.open_actions);
            read_field(row[2], status.unknown_actions);
        });
}

void read_consumers(Work& work, Statuses& all)
{
    for (auto& position : consumer_positions(work.exec(
             "select " + consumer_position_columns +
             " from simsync.consumer_position order by account, consumer")))
        if (const auto found = all.find(position.account); found != all.end())
            found->second.consumers.push_back(std::move(position));
}

void read_housekeeping(Work& work, Statuses& all)
{
    const auto rows = work.exec(R"(
        select l.account, t.error, t.hint, simsync.rfc3339(l.housekeeping_since)
          from simsync.ledger l
         cross join lateral jsonb_to_recordset(l.housekeeping_troubles) as t (error text, hint text))");
    each_row(
        rows, all,
        [](const Row& row, AccountStatus& status)
        {
            auto& trouble = status.housekeeping.emplace_back();
            read_field(row[1], trouble.error);
            read_field(row[2], trouble.hint);
            read_field(row[3], status.housekeeping_since);
        });
}

// Each SIM and each condition is looked at once. What stands is as simsync.standing_condition has it.
const std::string select_fleet_counts = R"(
    select s.account, count(*), count(*) filter (where s.is_blocked), count(c.low),
           count(*) filter (where t.stands and not t.expired), count(*) filter (where t.stands and t.expired)
      from simsync.sim s
      left join (select account, sim, max(raised_at) filter (where condition = 'balance.low') as low,
                        max(deadline) filter (where condition = 'tariff.expiry') as deadline,
                        bool_or(ahead = interval '0') as expired
                   from simsync.condition group by account, sim) c on c.account = s.account and c.sim = s.id
     cross join lateral (select c.deadline is not null and (s.tariff_expires_at is null or s.tariff_expires_at = c.deadline)
                                as stands, c.expired) t
     where s.removed_at is null
     group by s.account)";

void count_fleets(Work& work, Statuses& all)
{
    const auto rows = work.exec(select_fleet_counts);
    each_row(
        rows, all,
        [](const Row& row, AccountStatus& status)
        {
            read_field(row[1], status.sims);
            read_field(row[2], status.blocked);
            read_field(row[3], status.low);
            read_field(row[4], status.expiring);
            read_field(row[5], status.expired);
        });
}

} // namespace

std::vector<AccountStatus> account_statuses(Work& work)
{
    auto all = accounts_as_they_stand(work);
    count_events(work, all);
    count_actions(work, all);
    read_consumers(work, all);
    read_housekeeping(work, all);
    count_fleets(work, all);
    std::vector<AccountStatus> statuses;
    for (auto& [name, status] : all)
        statuses.push_back(std::move(status));
    return statuses;
}

} // namespace simsync
