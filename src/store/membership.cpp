#include "store/membership.hpp"

#include "postgres/row_values.hpp"
#include "store/account_rows.hpp"
#include "store/held_locks.hpp"
#include "store/holder_session.hpp"

#include <unistd.h>

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

// An instance in each row, or an account that is led.
const std::string select_locks = "with " + held_lock + R"(
    select null as account, name::bigint as instance, pid = pg_backend_pid() as is_us, null as host, null::bigint as pid
      from held_lock where kind = hashtext($1)::oid
     union all
    select a.account, null, null, l.leader_host, l.leader_pid
      from unnest($2::text[]) as a (account)
      left join simsync.ledger l on l.account = a.account
     where )" + is_led_condition("a.account");

void read_instance(const Row& row, LeasesSeen& seen)
{
    const auto instance = static_cast<InstanceId>(row[1].as<std::int64_t>());
    seen.alive.push_back(instance);
    if (row[2].as<bool>())
        seen.self = instance;
}

Lease lease_of(const Row& row)
{
    static const auto host = this_host();
    Lease lease;
    read_field(row[3], lease.host);
    read_field(row[4], lease.pid);
    lease.names_us = lease.host == host && lease.pid == getpid();
    return lease;
}

} // namespace

Membership::Membership(Connection& session, std::vector<std::string> accounts)
    : session_(session),
      accounts_(std::move(accounts)),
      kind_(instance_lock(accounts_))
{
}

// Two names may have one hash: then another is drawn.
void Membership::enter()
{
    if (lock_)
        return;
    beat(session_, "bound the silence of an instance");
    while (!lock_)
    {
        lock_.emplace(session_, kind_, any_name());
        if (!lock_->try_take("enter among the instances"))
            lock_.reset();
    }
}

LocksSeen Membership::look()
{
    enter();
    return session_.autocommit(
        "look which instances are alive and which accounts are led",
        [this](Work& work)
        {
            LocksSeen seen;
            for (const auto& row : work.exec_params(select_locks, kind_, accounts_))
                if (row[0].is_null())
                    read_instance(row, seen.shares);
                else
                    seen.leases.emplace(row[0].as<std::string>(), lease_of(row));
            for (const auto& [account, lease] : seen.leases)
                seen.shares.led.insert(seen.shares.led.end(), account);
            return seen;
        });
}

std::string instance_lock(const std::vector<std::string>& accounts)
{
    return "simsync-instance " + group_of(accounts);
}

void tell(Connection& session, const LeaseNews& news)
{
    session.autocommit(
        "tell what has become of leases",
        [&](Work& work)
        {
            work.exec_params(
                R"(
        select pg_notify($1, account) from unnest($2::text[]) account
         union all
        select pg_notify($3, account) from unnest($4::text[]) account)",
                free_channel, news.free, taken_channel, news.taken);
        });
}

} // namespace simsync
