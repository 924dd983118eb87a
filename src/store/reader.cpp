// Reading for commands and readiness.
#include "simsync/store/reader.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/connection.hpp"
#include "postgres/event_listener.hpp"
#include "postgres/row_values.hpp"
#include "store/account_rows.hpp"
#include "store/consumer_rows.hpp"
#include "store/event_log.hpp"
#include "store/event_rows.hpp"
#include "store/held_rows.hpp"
#include "store/schema_check.hpp"
#include "store/sim_rows.hpp"
#include "store/sim_search.hpp"
#include "store/watched_rows.hpp"

namespace simsync
{
namespace
{

const std::string reader_settings = "set default_transaction_read_only = on";

constexpr int sweeps_to_show = 5;

void read_housekeeping(Work& work, AccountStatus& status)
{
    for (const auto& row : work.exec_params(
             R"(
             select t.error, t.hint, simsync.rfc3339(l.housekeeping_since)
               from simsync.ledger l
              cross join lateral jsonb_to_recordset(l.housekeeping_troubles) as t (error text, hint text)
              where l.account = $1)",
             status.account.account))
    {
        auto& trouble = status.housekeeping.emplace_back();
        read_field(row[0], trouble.error);
        read_field(row[1], trouble.hint);
        read_field(row[2], status.housekeeping_since);
    }
}

AccountStatus status_of(Work& work, const std::string& account)
{
    AccountStatus status;
    status.account = account_record(work, account);
    status.last_sweeps = newest_sweeps(work, account, sweeps_to_show);
    const auto events = work.exec_one(
        R"(
        select count(*) from simsync.change_event where account = $1 and recorded_at > now() - interval '1 hour')",
        account);
    read_field(events[0], status.events_last_hour);
    const auto actions = work.exec_one(
        R"(
        select count(*) filter (where state in ('requested', 'sent')),
               count(*) filter (where state = 'unknown' and requested_at > now() - interval '1 day')
          from simsync.action where account = $1)",
        account);
    read_field(actions[0], status.open_actions);
    read_field(actions[1], status.unknown_actions);
    status.consumers = consumer_positions(work.exec_params(
        "select " + consumer_position_columns +
            " from simsync.consumer_position where account = $1 order by consumer",
        account));
    read_housekeeping(work, status);
    return status;
}

// Each SIM and each condition is looked at once, for all accounts together. What stands is as
// simsync.standing_condition has it.
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

void count_fleets(Work& work, std::vector<AccountStatus>& all)
{
    for (const auto& row : work.exec(select_fleet_counts))
        for (auto& status : all)
            if (status.account.account == row[0].text())
            {
                read_field(row[1], status.sims);
                read_field(row[2], status.blocked);
                read_field(row[3], status.low);
                read_field(row[4], status.expiring);
                read_field(row[5], status.expired);
            }
}

} // namespace

struct Reader::Impl
{
    explicit Impl(const std::string& url) : session(url, reader_settings) { require_our_schema(session); }

    Connection session;
    EventListener listener{session, events_channel}; // after the session: it lets go of it first
};

Reader::Reader(const std::string& url) : impl_(std::make_unique<Impl>(url)) {}
Reader::~Reader() = default;

std::vector<EventRecord>
Reader::events(const EventFilter& filter, const std::map<std::string, std::int64_t>& after, std::size_t limit)
{
    return impl_->session.transact(
        "read events", [&](Work& work) { return select_from_log(work, filter, after, End::first, limit); });
}

std::vector<EventRecord> Reader::last_events(const EventFilter& filter, std::size_t limit)
{
    return impl_->session.transact(
        "read events", [&](Work& work) { return select_from_log(work, filter, {}, End::last, limit); });
}

std::map<std::string, std::int64_t> Reader::positions()
{
    return impl_->session.transact(
        "read the accounts",
        [](Work& work)
        {
            std::map<std::string, std::int64_t> positions;
            for (const auto& row : work.exec("select account, last_seq from simsync.account"))
                positions.emplace(row[0].text(), row[1].as<std::int64_t>());
            return positions;
        });
}

std::vector<AccountStatus> Reader::status()
{
    return impl_->session.transact(
        "read the accounts",
        [](Work& work)
        {
            std::vector<AccountStatus> all;
            for (const auto& row :
                 work.exec("select account from simsync.ledger where retired_at is null order by account"))
                all.push_back(status_of(work, row[0].as<std::string>()));
            count_fleets(work, all);
            return all;
        });
}

std::optional<SimLife> Reader::life(const std::string& account, const std::string& id)
{
    return impl_->session.transact(
        "read a SIM of account \"" + account + '"',
        [&](Work& work)
        {
            std::optional<SimLife> life;
            for (auto& stored : load_sims(work, account, std::vector{id}))
            {
                life = {account, std::move(stored), {}};
                read_field(
                    work.exec_one(
                        "select simsync.rfc3339(first_seen_at) from "
                        "simsync.sim where account = $1 and id = $2",
                        account, id)[0],
                    life->first_seen_at);
            }
            return life;
        });
}

std::vector<FoundSim> Reader::find(
    const std::string& term, const std::optional<std::vector<std::string>>& accounts, std::size_t limit)
{
    return impl_->session.transact(
        "look for SIMs", [&](Work& work) { return find_sims(work, term, accounts, limit); });
}

std::vector<FoundSim>
Reader::with_id(const std::string& id, const std::optional<std::vector<std::string>>& accounts)
{
    return impl_->session.transact(
        "look for a SIM", [&](Work& work) { return sims_of_id(work, id, accounts); });
}

std::vector<NamedSim> Reader::named(std::span<const std::string> terms, std::span<const std::string> accounts)
{
    return impl_->session.transact(
        "look for SIMs", [&](Work& work) { return named_sims(work, terms, accounts); });
}

std::vector<HeldRemoval> Reader::held_removals(const std::string& account)
{
    return impl_->session.transact(
        "read the held removals of account \"" + account + '"',
        [&account](Work& work)
        {
            return held_removals_of(
                work.exec_params(select_held_removals + " where h.account = $1 order by h.sim", account));
        });
}

void Reader::wait(std::chrono::milliseconds at_most)
{
    impl_->listener.wait(at_most);
}

void Reader::notify_watched(const std::string& account, const std::string& id)
{
    impl_->session.autocommit(
        "tell that a SIM is watched", [&](Work& work) { simsync::notify_watched(work, account, id); });
}

void Reader::ping()
{
    impl_->session.autocommit("ask for a sign of life", [](Work& work) { work.exec("select 1"); });
}

} // namespace simsync
