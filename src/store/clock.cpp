// The clock's rules as set-based SQL. Calls store/row_values.
#include "store/clock.hpp"

#include "store/array_literal.hpp"
#include "store/row_values.hpp"

namespace simsync
{
namespace
{

// After a first load a tenth of the fleet may be due.
constexpr int rows_at_once = 2'000;

// The steps before a deadline, the deadline itself included, as interval[].
std::string steps(Warnings warnings)
{
    ArrayLiteral intervals;
    intervals.add(std::string_view("0"));
    for (const auto warning : warnings)
        intervals.add(std::string_view(std::to_string(warning.count()) + " seconds"));
    return intervals.text();
}

Event expiry_event(const pqxx::row& row, const std::string& account, Timestamp now)
{
    const auto deadline = field_as<Timestamp>(row[2]);
    Event event;
    event.kind = field_as<std::string>(row[3]) == "00:00:00" ? Kind::tariff_expired : Kind::tariff_expiring;
    event.sim = field_as<std::string>(row[0]);
    event.iccid_plastic = field_as<std::optional<std::string>>(row[1]);
    event.observed_at = now;
    event.after = {{"tariff_expires_at", deadline}};
    event.cause = Cause::clock;
    event.dedup_key = dedup_key(event.kind, account, *event.sim);
    return event;
}

// The nearest step that has come is told, unless simsync.condition says that it, or a nearer one, was told
// for this very deadline. Those rows are left alone, so that asking again writes nothing. Deadlines and what
// was told of them are joined by hash, as an exception to the session's way (store/mirror): they are many.
void declare_due(pqxx::work& work, const std::string& account, Timestamp now, Warnings warnings)
{
    work.exec("set local enable_nestloop = off; set local enable_hashjoin = on");
    work.exec_params(R"(
        declare due no scroll cursor for
        with step as materialized (select unnest($3::interval[]) as ahead),
        near as materialized (
            select id, iccid_plastic, tariff_expires_at as deadline
              from simsync.sim
             where account = $1 and removed_at is null
               and tariff_expires_at <= $2::timestamptz + (select max(ahead) from step)),
        untold as materialized (
            select near.*, (select min(ahead) from step where near.deadline - ahead <= $2::timestamptz) as ahead,
                   c.ahead as told
              from near
              left join simsync.condition c
                     on c.account = $1 and c.sim = near.id and c.condition = 'tariff.expiry'
                    and c.deadline = near.deadline)
        select id, iccid_plastic, simsync.rfc3339(deadline), ahead
          from untold where told is null or told > ahead
         order by deadline, id)",
                     account, to_text(now), steps(warnings));
    work.exec("set local enable_nestloop = on; set local enable_hashjoin = off");
}

void raise(pqxx::work& work, const std::string& account, Timestamp now, const pqxx::result& due)
{
    ArrayLiteral ids;
    ArrayLiteral deadlines;
    ArrayLiteral steps_ahead;
    for (const auto& row : due)
    {
        ids.add(std::string_view(row[0].c_str()));
        deadlines.add(std::string_view(row[2].c_str()));
        steps_ahead.add(std::string_view(row[3].c_str()));
    }
    work.exec_params(R"(
        insert into simsync.condition (account, sim, condition, raised_at, deadline, ahead)
        select $1, due.sim, 'tariff.expiry', $2::timestamptz, due.deadline, due.ahead
          from unnest($3::text[], $4::timestamptz[], $5::interval[]) as due (sim, deadline, ahead)
        on conflict (account, sim, condition) do update
           set raised_at = excluded.raised_at, deadline = excluded.deadline, ahead = excluded.ahead)",
                     account, to_text(now), ids.text(), deadlines.text(), steps_ahead.text());
}

} // namespace

void raise_due(pqxx::work& work, const std::string& account, Timestamp now, Warnings warnings,
               const std::function<void(std::span<const Event>)>& tell)
{
    declare_due(work, account, now, warnings);
    for (;;)
    {
        const auto due = work.exec("fetch " + std::to_string(rows_at_once) + " from due");
        if (due.empty())
            break;
        raise(work, account, now, due);
        std::vector<Event> events;
        events.reserve(static_cast<std::size_t>(due.size()));
        for (const auto& row : due)
            events.push_back(expiry_event(row, account, now));
        tell(events);
    }
    work.exec("close due");
}

// One probe of the index for each step.
std::optional<Timestamp> next_due(pqxx::work& work, const std::string& account, Timestamp now,
                                  Warnings warnings)
{
    const auto row = work.exec_params1(R"(
        select simsync.rfc3339(min(soonest.at))
          from unnest($3::interval[]) step
         cross join lateral (select s.tariff_expires_at - step as at
                               from simsync.sim s
                              where s.account = $1 and s.removed_at is null
                                and s.tariff_expires_at > $2::timestamptz + step
                              order by s.tariff_expires_at limit 1) soonest)",
                                       account, to_text(now), steps(warnings));
    return field_as<std::optional<Timestamp>>(row[0]);
}

} // namespace simsync
