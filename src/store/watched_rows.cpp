#include "store/watched_rows.hpp"

#include "postgres/row_values.hpp"

namespace simsync
{
namespace
{

// A SIM that spends so that it comes to a limit within a day has spent in the last one. Of what fell lately
// those are chosen that have the least left for what they spent.
const std::string select_soon = R"(
    with ledger as materialized (
        select last_seq, balance_low from simsync.ledger where account = $1),
    fallen as materialized (
        select e.sim, sum((e.before ->> 'balance')::numeric - (e.after ->> 'balance')::numeric) as spent
          from simsync.change_event e, ledger
         where e.account = $1 and e.seq > ledger.last_seq - 10000 and e.kind = 'balance.changed'
           and e.recorded_at > now() - interval '1 day'
           and (e.after ->> 'balance')::numeric < (e.before ->> 'balance')::numeric
         group by e.sim),
    near as materialized (
        select s.id
          from fallen
          join simsync.sim s on s.account = $1 and s.id = fallen.sim, ledger
         where s.removed_at is null and s.is_blocked is not true and s.balance > 0
         order by (s.balance - case when s.balance >= ledger.balance_low then ledger.balance_low else 0 end) / fallen.spent
         limit 2 * $4::integer),
    forecast as (
        select id
          from simsync.balance_forecast
         where account = $1 and id = any (array(select id from near))
           and least(low_at, runs_out_at) < now() + interval '1 day'
         order by least(low_at, runs_out_at)
         limit $4),
    ending as (
        select id, tariff_expires_at
          from simsync.sim
         where account = $1 and removed_at is null and tariff_expires_at > $2 and tariff_expires_at <= $3
         order by tariff_expires_at
         limit $4)
    select id, simsync.rfc3339(tariff_expires_at) from ending
    union all
    select id, null from forecast)";

} // namespace

// No name of an account holds a colon.
std::optional<WatchedSim> watched_sim(std::string_view payload)
{
    const auto colon = payload.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    return WatchedSim{std::string(payload.substr(0, colon)), std::string(payload.substr(colon + 1))};
}

void notify_watched(Work& work, const std::string& account, const std::string& sim)
{
    work.exec_params("select pg_notify($1, $2)", watch_channel, account + ':' + sim);
}

std::vector<SoonToChange>
soon_to_change(Work& work, const std::string& account, Timestamp since, Timestamp until, std::size_t most)
{
    std::vector<SoonToChange> soon;
    for (const auto& row : work.exec_params(
             select_soon, account, to_text(since), to_text(until), static_cast<std::int64_t>(most)))
        soon.push_back({row[0].as<std::string>(), row[1].as<std::optional<Timestamp>>()});
    return soon;
}

} // namespace simsync
