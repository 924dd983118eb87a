// simsync's own locks (postgres/session_lock) as other sessions see them in pg_locks, in pieces of SQL:
// whoever looks for one, for whatever reason, finds it in the same way.
#pragma once

#include <string>

namespace simsync
{

// For a `with`: the locks of two keys that are held in this database. The keys stand there as oids, without a
// sign; objsubid 2 says that there were two.
inline const std::string held_lock = R"(
    held_lock as materialized (
        select l.classid as kind, l.objid as name, l.pid
          from pg_locks l
         where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
           and l.database = (select d.oid from pg_database d where d.datname = current_database())))";

// A condition, in the reach of held_lock: some session holds the lease of the account that stands there.
// `account` is SQL too.
inline std::string is_led_condition(const std::string& account)
{
    return "exists (select from held_lock h where h.kind = hashtext('simsync')::oid and h.name = hashtext(" +
           account + ")::oid)";
}

// A condition: a standby does not see the primary's locks, and a subscriber not the publisher's. Who leads is
// known there by what is written alone.
inline const std::string leads_elsewhere_condition = "(pg_is_in_recovery() or simsync.is_subscriber())";

} // namespace simsync
