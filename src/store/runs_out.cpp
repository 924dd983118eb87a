#include "store/runs_out.hpp"

namespace simsync
{

// A SIM that came, or came back, within the fortnight is known for less of it: what it spent is summed up
// anew from then on.
const std::string runs_out_table = R"(
    runs_out_account as materialized (
        select account, greatest(simsync.known_since(account), now() - interval '14 days') as known_since
          from simsync.ledger
         where retired_at is null),
    runs_out_fallen as materialized (
        select e.account, e.sim, a.known_since, sum(b.was - b.became) as spent, count(*) as decreases
          from simsync.change_event e
          join runs_out_account a on a.account = e.account
         cross join lateral (select (e.before ->> 'balance')::numeric as was, (e.after ->> 'balance')::numeric as became) b
         where e.kind = 'balance.changed' and e.recorded_at > now() - interval '15 days'
           and e.observed_at > a.known_since and b.became < b.was
         group by e.account, e.sim, a.known_since
        having count(*) >= 2),
    runs_out as materialized (
        select f.account, f.sim
          from runs_out_fallen f
          join simsync.sim s on s.account = f.account and s.id = f.sim
         cross join lateral (select greatest(f.known_since, s.first_seen_at, s.returned_at) as since) k
         cross join lateral (
            select f.spent, f.decreases where k.since = f.known_since
            union all
            select sum(b.was - b.became), count(*)
              from simsync.change_event e
             cross join lateral (select (e.before ->> 'balance')::numeric as was,
                                        (e.after ->> 'balance')::numeric as became) b
             where k.since > f.known_since and e.account = f.account and e.sim = f.sim and e.kind = 'balance.changed'
               and e.recorded_at > now() - interval '15 days' and e.observed_at > k.since and b.became < b.was) x
         cross join lateral (select floor(extract(epoch from now() - k.since)) as seconds) t
         where s.removed_at is null and s.is_blocked is not true and s.balance > 0
           and coalesce(s.tariff_type, '') not in ('POSTPAID_MINUTE', 'MARGIN_CALCULATE')
           and x.decreases >= 2 and t.seconds >= 3 * 86400
           and s.balance * t.seconds < x.spent * 315360000
           and date_trunc('second', now())
               + least(div(s.balance * t.seconds, x.spent), 864000)::double precision * interval '1 second'
               < least(now() + interval '7 days', coalesce(s.tariff_expires_at, 'infinity') + interval '1 microsecond')))";

} // namespace simsync
