#include "store/retirement.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/connection.hpp"
#include "postgres/row_values.hpp"
#include "postgres/session_lock.hpp"
#include "store/event_rows.hpp"
#include "store/ringing.hpp"
#include "store/schema_check.hpp"
#include "store/subscriber.hpp"

#include <utility>
#include <vector>

namespace simsync
{
namespace
{

const std::string retirement_settings = R"(
    set search_path = simsync, pg_temp;
    set timezone = 'UTC';
    set default_transaction_read_only = off;
    set synchronous_commit = on;
    set lock_timeout = '5s';
    set idle_in_transaction_session_timeout = '60s')";

// The next of what stands, in the order of their keys. A webhook's receiver knows the end of a condition by
// its dedup_key, whatever ended it.
std::vector<Event> ends_of_conditions(Work& work, const std::string& account, Timestamp now, std::size_t most)
{
    std::vector<Event> events;
    for (const auto& row : work.exec_params(
             R"(
             select c.kind, c.sim, c.iccid_plastic, c.standing, c.tariff_name, c.description, c.profile
               from simsync.standing_condition c join simsync.ledger l using (account)
              where c.account = $1 and c.dedup_key collate "C" > coalesce(l.retiring_after, '')
              order by c.dedup_key collate "C" limit $2)",
             account, most))
    {
        Event event;
        event.kind = resolved_by(kind_named(row[0].as<std::string>()).value()).value();
        event.sim = row[1].as<std::optional<std::string>>();
        event.iccid_plastic = row[2].as<std::optional<std::string>>();
        event.observed_at = now;
        event.after = {{"retired", true}};
        event.cause = Cause::operator_;
        event.dedup_key = dedup_key(event.kind, account, event.sim.value_or(""));
        event.standing = row[3].as<bool>();
        read_field(row[4], event.tariff_name);
        read_field(row[5], event.description);
        read_field(row[6], event.profile);
        events.push_back(std::move(event));
    }
    return events;
}

// The last seq given; empty: there was nothing to tell.
NewestEvents emit(Work& work, const std::string& account, const std::vector<Event>& events)
{
    if (events.empty())
        return {};
    Months months{};
    return {{account, append_events(work, account, events, months)}};
}

// A SIM that is low stays in the mirror as one that was never read: if the account is ever mirrored again, it
// is judged again. Deadlines are all looked at again.
void end_conditions(Work& work, const std::string& account, const std::vector<Event>& events)
{
    if (events.empty())
        return;
    ArrayLiteral sims;
    for (const auto& event : events)
        if (event.sim)
            sims.add(std::string_view(*event.sim));
    const auto of_these = sims.text();
    work.exec_params(
        R"(
        update simsync.sim s set fingerprint = '00000000-0000-0000-0000-000000000000', wording = null
          from simsync.condition c
         where c.account = $1 and c.sim = any ($2::text[]) and c.condition = 'balance.low'
           and s.account = c.account and s.id = c.sim)",
        account, of_these);
    // Of a SIM with several, a piece may end before the last of them.
    work.exec_params(
        R"(
        delete from simsync.condition
         where account = $1 and sim = any ($2::text[])
           and (account || ':' || sim || ':' || condition) collate "C" <= $3)",
        account, of_these, events.back().dedup_key);
    work.exec_params(
        "update simsync.ledger set retiring_after = $2, deadlines_read_at = null where account = $1", account,
        events.back().dedup_key);
}

void end_account(Work& work, const std::string& account, Timestamp now)
{
    work.exec_params("delete from simsync.condition where account = $1", account);
    work.exec_params("delete from simsync.held_removal where account = $1", account);
    work.exec_params(
        R"(
        update simsync.ledger set retired_at = $2, retiring_after = null, degraded_since = null, held_removals = 0,
                                  deadlines_read_at = null
         where account = $1)",
        account, to_text(now));
}

} // namespace

Retirement
retire_account(const std::string& url, const std::string& account, Timestamp now, std::size_t piece)
{
    Connection session(url, retirement_settings);
    require_our_schema(session);
    refuse_subscriber(session);
    const auto doing = "retire account \"" + account + '"';
    Retirement retirement;
    NewestEvents newest;
    SessionLock lease(session, "simsync", account); // who leads it cannot write meanwhile, nor begin to
    if (!lease.try_take(doing))
        return {.known = true, .led = true};
    for (bool is_last = false; !is_last;)
        session.transact(
            doing,
            [&](Work& work)
            {
                const auto events = ends_of_conditions(work, account, now, piece);
                if (auto last = emit(work, account, events); !last.empty())
                    newest = std::move(last);
                end_conditions(work, account, events);
                is_last = events.size() < piece;
                if (is_last)
                {
                    retirement.known =
                        !work.exec_params("select from simsync.ledger where account = $1", account).empty();
                    end_account(work, account, now);
                }
                retirement.conditions += events.size();
            });
    try_to_ring(session, newest);
    return retirement;
}

} // namespace simsync
