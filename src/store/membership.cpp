#include "store/membership.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"

#include <random>
#include <utility>

namespace simsync
{
namespace
{

std::string any_name()
{
    std::random_device draw;
    return std::to_string((std::uint64_t{draw()} << 32U) | draw());
}

// Advisory locks of two keys stand in pg_locks as these two numbers.
const std::string select_locks = R"(
    with locks as materialized (
        select l.classid, l.objid, l.pid
          from pg_locks l
         where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
           and l.database = (select d.oid from pg_database d where d.datname = current_database()))
    select null, l.objid::bigint, l.pid = pg_backend_pid()
      from locks l
     where l.classid = hashtext($1)::oid
     union all
    select a.account, null, false
      from unnest($2::text[]) as a (account)
     where exists (select from locks l
                    where l.classid = hashtext('simsync')::oid and l.objid = hashtext(a.account)::oid))";

std::string literal(const std::vector<std::string>& texts)
{
    ArrayLiteral array;
    for (const auto& text : texts)
        array.add(std::string_view(text));
    return array.text();
}

} // namespace

Membership::Membership(Connection& session, std::vector<std::string> accounts)
    : session_(session),
      accounts_(std::move(accounts)),
      kind_("simsync-instance " + group_of(accounts_))
{
}

// Two names may have one hash: then another is drawn.
void Membership::enter()
{
    if (lock_)
        return;
    session_.autocommit(
        "bound the silence of an instance",
        [](Work& work) { work.exec("set idle_session_timeout = '10s'"); });
    while (!lock_)
    {
        lock_.emplace(session_, kind_, any_name());
        if (!lock_->try_take("enter among the instances"))
            lock_.reset();
    }
}

LeasesSeen Membership::look()
{
    enter();
    return session_.transact(
        "look which instances are alive and which accounts are led",
        [this](Work& work)
        {
            LeasesSeen seen;
            for (const auto& row : work.exec_params(select_locks, kind_, literal(accounts_)))
            {
                if (!row[0].is_null())
                {
                    seen.led.insert(row[0].as<std::string>());
                    continue;
                }
                const auto instance = static_cast<InstanceId>(row[1].as<std::int64_t>());
                seen.alive.push_back(instance);
                if (row[2].as<bool>())
                    seen.self = instance;
            }
            return seen;
        });
}

void tell_of_free_leases(Connection& session, const std::vector<std::string>& accounts)
{
    session.transact(
        "tell of leases that are free",
        [&](Work& work) {
            work.exec_params(
                "select pg_notify($1, a) from unnest($2::text[]) a", lease_channel, literal(accounts));
        });
}

} // namespace simsync
