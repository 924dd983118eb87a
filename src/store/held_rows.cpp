#include "store/held_rows.hpp"

#include "postgres/row_values.hpp"

namespace simsync
{
namespace
{

HeldRemoval held_of(const Row& row)
{
    HeldRemoval held;
    read_field(row[0], held.sim);
    read_field(row[1], held.iccid_plastic);
    read_field(row[2], held.description);
    read_field(row[3], held.sweep_id);
    read_field(row[4], held.held_at);
    read_field(row[5], held.decision);
    read_field(row[6], held.decided_by);
    read_field(row[7], held.decided_at);
    read_field(row[8], held.lapsed);
    read_field(row[9], held.lapsed_by);
    read_field(row[10], held.lapsed_at);
    return held;
}

} // namespace

const std::string select_held_removals = R"(
    select h.sim, s.iccid_plastic, s.description, h.sweep_id, simsync.rfc3339(h.held_at), h.decision, h.decided_by,
           simsync.rfc3339(h.decided_at), h.lapsed, h.lapsed_by, simsync.rfc3339(h.lapsed_at)
      from simsync.held_removal h left join simsync.sim s on s.account = h.account and s.id = h.sim)";

std::vector<HeldRemoval> held_removals_of(const Rows& rows)
{
    std::vector<HeldRemoval> held;
    for (const auto& row : rows)
        held.push_back(held_of(row));
    return held;
}

} // namespace simsync
