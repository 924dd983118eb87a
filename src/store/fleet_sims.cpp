#include "store/fleet_sims.hpp"

#include "model/sim_columns.hpp"
#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"
#include "store/sim_rows.hpp"

#include <string>

namespace simsync
{
namespace
{

// The conditions that stand are those of the view simsync.standing_condition, which would be read whole for
// each SIM; a test compares them.
std::string select_sims()
{
    return "select " + selected_sim_columns() + R"(,
           s.account, simsync.rfc3339(s.first_seen_at), simsync.rfc3339(s.changed_at), simsync.rfc3339(s.removed_at),
           s.revision, s.left_scope,
           coalesce(s.is_blocked, s.last_known ->> 'is_blocked' = 'true', false),
           simsync.rfc3339(coalesce(blocked.raised_at, s.blocked_since, s.first_seen_at)), blocked.raised_at is not null,
           simsync.rfc3339(low.raised_at), coalesce(low.standing, false),
           simsync.rfc3339(expiry.raised_at), coalesce(expiry.standing, false), coalesce(expiry.ahead = interval '0', false)
      from unnest($1::text[], $2::text[]) with ordinality as k (account, id, place)
     cross join lateral (select * from simsync.sim where account = k.account and id = k.id limit 1) s
      left join lateral (select * from simsync.condition where account = k.account and sim = k.id
                            and condition = 'sim.blocked' limit 1) blocked on true
      left join lateral (select * from simsync.condition where account = k.account and sim = k.id
                            and condition = 'balance.low' limit 1) low on true
      left join lateral (select * from simsync.condition where account = k.account and sim = k.id
                            and condition = 'tariff.expiry'
                            and (s.tariff_expires_at is null or deadline = s.tariff_expires_at) limit 1) expiry on true
     order by k.place)";
}

void read_conditions(const Row& row, std::size_t at, FleetSim& sim)
{
    if (sim.removed_at)
        return;
    if (row[at].as<bool>())
        sim.conditions.push_back({"sim.blocked", row[at + 1].as<Timestamp>(), row[at + 2].as<bool>()});
    if (const auto since = row[at + 3].as<std::optional<Timestamp>>())
        sim.conditions.push_back({"balance.low", *since, row[at + 4].as<bool>()});
    if (const auto since = row[at + 5].as<std::optional<Timestamp>>())
        sim.conditions.push_back(
            {row[at + 7].as<bool>() ? "tariff.expired" : "tariff.expiring", *since, row[at + 6].as<bool>()});
}

FleetSim fleet_sim_of(const Row& row)
{
    FleetSim sim;
    read_sim(row, sim.sim);
    std::size_t at = sim_column_count;
    read_field(row[at++], sim.account);
    read_field(row[at++], sim.first_seen_at);
    read_field(row[at++], sim.changed_at);
    read_field(row[at++], sim.removed_at);
    read_field(row[at++], sim.revision);
    read_field(row[at++], sim.left_scope);
    read_conditions(row, at, sim);
    return sim;
}

} // namespace

std::vector<FleetSim> load_fleet_sims(Work& work, const std::vector<SimKey>& keys)
{
    static const std::string statement = select_sims();
    std::vector<FleetSim> sims;
    if (keys.empty())
        return sims;
    ArrayLiteral accounts;
    ArrayLiteral ids;
    for (const auto& key : keys)
    {
        accounts.add(std::string_view(key.account));
        ids.add(std::string_view(key.id));
    }
    for (const auto& row : work.exec_params(statement, accounts.text(), ids.text()))
        sims.push_back(fleet_sim_of(row));
    return sims;
}

} // namespace simsync
