// Standing conditions.
#include "store/condition_rows.hpp"

namespace simsync
{

void Raised::add(std::span<const SimToWrite> sims)
{
    const auto raise = [this](const SimToWrite& each, std::string_view condition)
    {
        ids_.add(std::string_view(each.observed.sim.id));
        conditions_.add(condition);
        times_.add(std::string_view(to_text(each.at)));
        standing_.add(std::string_view(each.standing ? "true" : "false"));
        any_ = true;
    };
    for (const auto& each : sims)
    {
        if (each.conditions.balance_low)
            raise(each, "balance.low");
        if (each.standing && each.observed.sim.is_blocked.value_or(false))
            raise(each, "sim.blocked");
    }
}

void Raised::write(Work& work, const std::string& account)
{
    if (any_)
        work.exec_params(
            R"(
            insert into simsync.condition (account, sim, condition, raised_at, standing)
            select $1, raised.sim, raised.condition, raised.at, raised.standing
              from unnest($2::text[], $3::text[], $4::timestamptz[], $5::boolean[])
                   as raised (sim, condition, at, standing)
            on conflict do nothing)",
            account, ids_.text(), conditions_.text(), times_.text(), standing_.text());
}

void end_resolved(Work& work, const std::string& account, std::span<const SimToWrite> sims)
{
    ArrayLiteral ids;
    ArrayLiteral conditions;
    bool any = false;
    const auto end = [&](const SimToWrite& each, std::string_view condition)
    {
        ids.add(std::string_view(each.observed.sim.id));
        conditions.add(condition);
        any = true;
    };
    for (const auto& each : sims)
    {
        if (!each.conditions.balance_low)
            end(each, "balance.low");
        if (!each.conditions.tariff_expiry)
            end(each, "tariff.expiry");
    }
    if (any)
        work.exec_params(
            R"(
            delete from simsync.condition c
             using unnest($2::text[], $3::text[]) as resolved (sim, condition)
             cross join lateral (select ctid from simsync.condition
                                  where account = $1 and sim = resolved.sim and condition = resolved.condition
                                  limit 1) found
             where c.ctid = found.ctid)",
            account, ids.text(), conditions.text());
}

void note_missing_deadlines(Work& work, const std::string& account, std::span<const SimToWrite> sims)
{
    ArrayLiteral ids;
    ArrayLiteral since;
    bool any = false;
    for (const auto& each : sims)
        if (each.conditions.tariff_expiry)
        {
            const auto& sim = each.observed.sim;
            const bool missing = !sim.tariff_expires_at && !sim.undecoded.contains("tariff_expires_at");
            ids.add(std::string_view(sim.id));
            since.add(missing ? std::optional(to_text(each.at)) : std::nullopt);
            any = true;
        }
    if (any)
        work.exec_params(
            R"(
            update simsync.condition c
               set missing_since = case when shown.since is not null then coalesce(c.missing_since, shown.since::timestamptz) end
              from unnest($2::text[], $3::text[]) as shown (sim, since)
             cross join lateral (select ctid from simsync.condition
                                  where account = $1 and sim = shown.sim and condition = 'tariff.expiry' limit 1) found
             where c.ctid = found.ctid and (shown.since is not null or c.missing_since is not null))",
            account, ids.text(), since.text());
}

// What was told of a deadline was told of it for good: a SIM that comes back with the same one is not told
// again.
void end_of_removed(Work& work, const std::string& account, std::span<const std::string> ids)
{
    work.exec_params(
        R"(
        delete from simsync.condition
         where account = $1 and sim = any ($2::text[]) and condition <> 'tariff.expiry')",
        account, array_literal(ids));
}

EventCounts condition_counts(Work& work, const std::string& account)
{
    EventCounts counts;
    for (const auto kind :
         {Kind::sim_blocked, Kind::balance_low, Kind::balance_depleted, Kind::tariff_expiring,
          Kind::tariff_expired})
        counts.emplace(kind, 0);
    for (const auto& row : work.exec_params(
             R"(
             select kind, count(*) from simsync.standing_condition where account = $1 and sim is not null group by kind
             union all
             select 'balance.depleted', count(*)
               from simsync.condition c join simsync.sim s on s.account = c.account and s.id = c.sim
              where c.account = $1 and c.condition = 'balance.low' and s.balance <= 0 and s.removed_at is null)",
             account))
        if (const auto kind = kind_named(row[0].text()); kind && counts.contains(*kind))
            counts[*kind] = row[1].as<std::int64_t>();
    return counts;
}

} // namespace simsync
