// Standing conditions.
#include "store/condition_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/copy_stream.hpp"

namespace simsync
{

void Raised::add(std::span<const SimToWrite> sims)
{
    for (const auto& each : sims)
    {
        const auto raise = [&](std::string_view condition) {
            conditions_.push_back({each.observed.sim.id, condition, each.at, each.standing});
        };
        if (each.conditions.balance_low)
            raise("balance.low");
        if (each.standing && each.observed.sim.is_blocked.value_or(false))
            raise("sim.blocked");
    }
}

// Those of the conditions that have a row, by SIM and name.
std::set<std::pair<std::string, std::string>> Raised::find_rows(Work& work, const std::string& account) const
{
    ArrayLiteral sims;
    ArrayLiteral names;
    for (const auto& each : conditions_)
    {
        sims.add(std::string_view(each.sim));
        names.add(each.name);
    }
    std::set<std::pair<std::string, std::string>> found;
    for (const auto& row : work.exec_params(
             R"(
             select raised.sim, raised.condition
               from unnest($2::text[], $3::text[]) as raised (sim, condition)
              cross join lateral (select from simsync.condition
                                   where account = $1 and sim = raised.sim and condition = raised.condition
                                   limit 1) found)",
             account, sims.text(), names.text()))
        found.emplace(row[0].text(), row[1].text());
    return found;
}

// By COPY, and not past a conflict: a first load raises one in ten of its SIMs, and each row that may
// conflict is written to the log twice. Nobody but the holder of the lease writes here.
void Raised::write(Work& work, const std::string& account)
{
    if (conditions_.empty())
        return;
    auto known = find_rows(work, account);
    if (known.size() == conditions_.size())
        return;
    CopyStream rows(work, "simsync.condition", {"account", "sim", "condition", "raised_at", "standing"});
    for (const auto& each : conditions_)
        if (known.emplace(each.sim, each.name).second)
        {
            rows.put(account);
            rows.put(each.sim);
            rows.put(each.name);
            rows.put(each.at);
            rows.put(each.standing);
            rows.end_row();
        }
    rows.complete();
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

CountedConditions
condition_counts(Work& work, const std::string& account, const std::string& after, std::size_t about)
{
    CountedConditions counted;
    auto& counts = counted.counts;
    const auto last = work.exec_params(
        R"(
        select sim from simsync.condition where account = $1 and sim > $2 order by sim offset $3 limit 1)",
        account, after, about);
    if (!last.empty())
        counted.upto = last[0][0].as<std::string>();
    for (const auto kind :
         {Kind::sim_blocked, Kind::balance_low, Kind::balance_depleted, Kind::tariff_expiring,
          Kind::tariff_expired})
        counts.emplace(kind, 0);
    for (const auto& row : work.exec_params(
             R"(
             select kind, count(*) from simsync.standing_condition 
              where account = $1 and sim > $2 and ($3::text is null or sim <= $3) group by kind
             union all
             select 'balance.depleted', count(*)
               from simsync.condition c join simsync.sim s on s.account = c.account and s.id = c.sim
              where c.account = $1 and c.sim > $2 and ($3::text is null or c.sim <= $3)
                and c.condition = 'balance.low' and s.balance <= 0 and s.removed_at is null)",
             account, after, sql_text(counted.upto)))
        if (const auto kind = kind_named(row[0].text()); kind && counts.contains(*kind))
            counts[*kind] = row[1].as<std::int64_t>();
    return counted;
}

} // namespace simsync
