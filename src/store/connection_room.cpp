#include "store/connection_room.hpp"

#include "postgres/row_values.hpp"
#include "store/held_locks.hpp"
#include "store/membership.hpp"

namespace simsync
{

// The tightest of the server's, the database's and the role's bounds; a superuser has those of the server
// alone, and the reserved ones too.
ConnectionRoom connection_room(Connection& session, const std::vector<std::string>& accounts)
{
    return session.transact(
        "ask how many connections there may be",
        [&accounts](Work& work)
        {
            const auto row = work.exec_one(
                "with " + held_lock + R"(, bounds (most, bound) as (
            select s.most - s.reserved,
                   format('max_connections = %s, of which %s are reserved', s.most, s.reserved)
              from (select current_setting('max_connections')::bigint as most,
                           current_setting('superuser_reserved_connections')::bigint +
                           coalesce(current_setting('reserved_connections', true), '0')::bigint as reserved) s
            union all
            select datconnlimit, format('database "%s" has CONNECTION LIMIT %s', datname, datconnlimit)
              from pg_database where datname = current_database() and datconnlimit >= 0
            union all
            select rolconnlimit, format('role "%s" has CONNECTION LIMIT %s', rolname, rolconnlimit)
              from pg_roles where rolname = current_user and rolconnlimit >= 0)
        select most, bound,
               (select count(*) from held_lock where kind = hashtext($1)::oid)
          from bounds order by most limit 1)",
                instance_lock(accounts));
            ConnectionRoom room;
            read_field(row[0], room.most);
            read_field(row[1], room.bound);
            read_field(row[2], room.instances);
            return room;
        });
}

} // namespace simsync
