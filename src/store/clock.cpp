// The clock's rules as set-based SQL. Calls store/row_values.
#include "store/clock.hpp"

#include "store/array_literal.hpp"
#include "store/copy_stream.hpp"
#include "store/row_values.hpp"

#include <algorithm>
#include <vector>

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
    event.kind = field_as<std::int64_t>(row[3]) == 0 ? Kind::tariff_expired : Kind::tariff_expiring;
    event.sim = field_as<std::string>(row[0]);
    event.iccid_plastic = field_as<std::optional<std::string>>(row[1]);
    event.observed_at = now;
    event.after = {{"tariff_expires_at", deadline}};
    event.cause = Cause::clock;
    event.dedup_key = dedup_key(event.kind, account, *event.sim);
    return event;
}

// The steps, the nearest first, and to each the last deadline for which it has come.
struct Steps
{
    ArrayLiteral ahead;  // interval[]
    ArrayLiteral limits; // timestamptz[]
    Timestamp last_limit;
};

Steps steps_at(Timestamp now, Warnings warnings)
{
    std::vector<std::chrono::seconds> all{std::chrono::seconds{0}};
    all.insert(all.end(), warnings.begin(), warnings.end());
    std::ranges::sort(all);
    Steps found;
    for (const auto step : all)
    {
        found.ahead.add(std::string_view(std::to_string(step.count()) + " seconds"));
        found.limits.add(std::string_view(to_text(now + step)));
    }
    found.last_limit = now + all.back();
    return found;
}

// The nearest step that has come is told, unless simsync.condition says that it, or a nearer one, was told
// for this very deadline. Those rows are left alone, so that asking again writes nothing. Deadlines and what
// was told of them are joined by hash, as an exception to the session's way (store/mirror): they are many.
// `width_bucket` counts the limits up to a value, itself included; a limit that is the very deadline has not
// been passed, thus the microsecond, the least step of a timestamptz. The index of deadlines is missing until
// the first load has ended: whoever looks for them makes it.
void declare_due(pqxx::work& work, const std::string& account, Timestamp now, Warnings warnings)
{
    auto steps = steps_at(now, warnings);
    work.exec(
        "select simsync.index_deadlines(); set local enable_nestloop = off; set local enable_hashjoin = on");
    work.exec_params(R"(
        declare due no scroll cursor for
        select near.id, near.iccid_plastic, simsync.rfc3339(near.tariff_expires_at),
               extract(epoch from step.ahead)::bigint, told.sim is not null
          from simsync.sim near
          left join simsync.condition told
                 on told.account = $1 and told.sim = near.id and told.condition = 'tariff.expiry'
         cross join lateral (values (($3::interval[])[
                   1 + width_bucket(near.tariff_expires_at - interval '1 microsecond', $4::timestamptz[])]))
                 as step (ahead)
         where near.account = $1 and near.removed_at is null and near.tariff_expires_at <= $2::timestamptz
           and (told.sim is null or told.deadline <> near.tariff_expires_at or told.ahead > step.ahead)
         order by near.tariff_expires_at, near.id)",
                     account, to_text(steps.last_limit), steps.ahead.text(), steps.limits.text());
    work.exec("set local enable_nestloop = on; set local enable_hashjoin = off");
}

bool was_told_before(const pqxx::row& row) // of another deadline, or of a step further ahead
{
    return field_as<bool>(row[4]);
}

void raise_first(pqxx::work& work, const std::string& account, Timestamp now, const pqxx::result& due)
{
    CopyStream rows(work, "simsync.condition",
                    {"account", "sim", "condition", "raised_at", "deadline", "ahead"});
    for (const auto& row : due)
        if (!was_told_before(row))
        {
            rows.put(account);
            rows.put(field_as<std::string>(row[0]));
            rows.put("tariff.expiry");
            rows.put(now);
            rows.put(field_as<Timestamp>(row[2]));
            rows.put(std::chrono::seconds{field_as<std::int64_t>(row[3])});
            rows.end_row();
        }
    rows.complete();
}

void raise_again(pqxx::work& work, const std::string& account, Timestamp now, const pqxx::result& due)
{
    ArrayLiteral ids;
    ArrayLiteral deadlines;
    ArrayLiteral seconds_ahead;
    for (const auto& row : due)
        if (was_told_before(row))
        {
            ids.add(std::string_view(row[0].c_str()));
            deadlines.add(std::string_view(row[2].c_str()));
            seconds_ahead.add(std::string_view(row[3].c_str()));
        }
    work.exec_params(R"(
        update simsync.condition told
           set raised_at = $2, deadline = due.deadline, ahead = due.seconds * interval '1 second'
          from unnest($3::text[], $4::timestamptz[], $5::bigint[]) as due (sim, deadline, seconds)
         cross join lateral (select ctid from simsync.condition
                              where account = $1 and sim = due.sim and condition = 'tariff.expiry' limit 1) found
         where told.ctid = found.ctid)",
                     account, to_text(now), ids.text(), deadlines.text(), seconds_ahead.text());
}

// What was told of no deadline yet, all of a first load, goes in by COPY: half the server's time and WAL.
void raise(pqxx::work& work, const std::string& account, Timestamp now, const pqxx::result& due)
{
    const auto again = static_cast<std::size_t>(std::ranges::count_if(due, was_told_before));
    if (again < due.size())
        raise_first(work, account, now, due);
    if (again > 0)
        raise_again(work, account, now, due);
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
