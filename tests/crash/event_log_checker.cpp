// The checks are SQL.
#include "crash/event_log_checker.hpp"

#include "harness/cluster.hpp"

#include <utility>

namespace simsync::test
{
namespace
{

// `public.shown`: each row as events tell of it. `public.known`: the same when the page was turned, and how
// far the log went then.
// `latest_activity` alone makes no event.
const std::string tables = R"(
create view public.shown as
select account, id,
       to_jsonb(s) - 'latest_activity' || jsonb_build_object(
           'balance', balance::text, 'data_balance', data_balance::text,
           'tariff_expires_at', simsync.rfc3339(tariff_expires_at),
           'removed_at', simsync.rfc3339(removed_at)) as columns
  from simsync.sim s;

create table public.known as select * from public.shown;
create table public.seen (account text primary key, seq bigint not null);

create view public.fresh as
select e.*
  from simsync.change_event e left join public.seen using (account)
 where e.seq > coalesce(seen.seq, 0);
)";

// `said`: what each event since then says of each column of its SIM.
const std::string complaint = R"(
with said as materialized (
select e.account, e.seq, e.kind, e.sim, name, e.before -> name as was, e.after -> name as became,
       lag(e.after -> name, 1, k.columns -> name) over each_column as last,
       lead(e.after -> name) over each_column is null as is_last
  from public.fresh e
 cross join jsonb_object_keys(e.after - 'latest_activity') as name
  left join public.known k on (k.account, k.id) = (e.account, e.sim)
 where e.sim is not null
window each_column as (partition by e.account, e.sim, name order by e.seq)
), complaint (account, what) as (
select account, format('%s events are numbered up to %s', count(*), max(seq)) as what
  from simsync.change_event group by account having count(*) <> max(seq)
 union all
select account, format('the last event is %s, the ledger says %s', max(seq), min(last_seq))
  from simsync.ledger left join simsync.change_event using (account)
 group by account having coalesce(max(seq), 0) <> min(last_seq)
 union all
select account, format('#%s %s of %s: %s was %s, but was told as %s', seq, kind, sim, name, was, last)
  from said where was <> last
 union all
select account, format('#%s %s of %s is the last: %s is %s in the row and %s in the log', seq, kind, sim, name,
                       columns -> name, became)
  from said join public.shown using (account)
 where id = sim and is_last and became <> columns -> name
 union all
select s.account, format('%s changed without a word: %s was %s and is %s', s.id, name, k.columns -> name, value)
  from public.shown s join public.known k using (account, id) cross join jsonb_each(s.columns) as now (name, value)
 where name not in ('revision', 'changed_at', 'returned_at', 'blocked_since', 'fingerprint', 'wording', 'undecoded') and k.columns -> name <> value
   and not exists (select from said where (said.account, sim, said.name) = (s.account, s.id, now.name))
 union all
select s.account, format('%s is new without a word', s.id)
  from public.shown s join public.seen using (account) left join public.known k on (k.account, k.id) = (s.account, s.id)
 where k.id is null and not exists (select from public.fresh e
                                     where (e.account, e.sim, e.kind) = (s.account, s.id, 'sim.added'))
 union all
select account, format('%s of %s is told %s times: %s', kind, coalesce(sim, 'the account'), count(*), after)
  from public.fresh group by account, kind, sim, before, after having count(*) > 1
)
select string_agg(what, E'\n') from complaint where account = )";

std::string quoted(const std::string& account)
{
    return '\'' + account + '\'';
}

} // namespace

EventLogChecker::EventLogChecker(std::string url) : url_(std::move(url))
{
    run_sql(url_, tables);
}

std::string EventLogChecker::complaints(const std::string& account) const
{
    return run_sql(url_, complaint + quoted(account));
}

std::string EventLogChecker::emitted(const std::string& account) const
{
    return run_sql(
        url_,
        "select string_agg(kind, ' ' order by kind) from public.fresh where account = " + quoted(account));
}

void EventLogChecker::turn_page(const std::string& account)
{
    const auto of_account = " where account = " + quoted(account);
    run_sql(
        url_, "delete from public.known" + of_account + //
                  "; insert into public.known select * from public.shown" + of_account +
                  "; insert into public.seen select account, last_seq from simsync.ledger" + of_account +
                  " on conflict (account) do update set seq = excluded.seq");
}

std::string EventLogChecker::mirror(const std::string& account) const
{
    return run_sql(url_, R"(
        select coalesce(string_agg(concat(id, '|', is_blocked::text, '|', trim_scale(balance), '|',
                                          array_to_string(caller_ids, ','), '|', description, '|',
                                          coalesce(extract(epoch from tariff_expires_at) * 1000, 0)::bigint, E'\n'),
                                   '' order by id), '')
          from simsync.sim s
         where removed_at is null
           and not exists (select from simsync.held_removal h where (h.account, h.sim) = (s.account, s.id))
           and account = )" + quoted(account));
}

} // namespace simsync::test
