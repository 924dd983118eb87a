// What time alone does as set-based SQL.
#include "store/expiry_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/copy_stream.hpp"
#include "postgres/row_values.hpp"
#include "store/expiry_scan.hpp"

#include <algorithm>
#include <vector>

namespace simsync
{
namespace
{

// After a first load a tenth of the fleet may be due.
constexpr int rows_at_once = 2'000;
// After a longer time many have become due.
constexpr std::chrono::hours far_behind{1};

bool was_emitted_before(const Row& row) // of another deadline, or of a step further ahead
{
    return row[4].as<bool>();
}

bool stood_before(const Row& row)
{
    return row[5].as<bool>();
}

// `first`: the column that holds tariff_name, behind which description and profile stand.
void read_traits(const Row& row, std::size_t first, Event& event)
{
    read_field(row[first], event.tariff_name);
    read_field(row[first + 1], event.description);
    read_field(row[first + 2], event.profile);
}

Event expiry_event(const Row& row, const std::string& account, Timestamp now)
{
    const auto deadline = row[2].as<Timestamp>();
    Event event;
    event.kind = row[3].as<std::int64_t>() == 0 ? Kind::tariff_expired : Kind::tariff_expiring;
    event.sim = row[0].as<std::string>();
    event.iccid_plastic = row[1].as<std::optional<std::string>>();
    event.observed_at = now;
    event.after = {{"tariff_expires_at", deadline}};
    event.cause = Cause::clock;
    event.dedup_key = dedup_key(event.kind, account, *event.sim);
    event.standing = stood_before(row);
    read_traits(row, 6, event);
    return event;
}

// For each step (how far ahead a warning comes; zero for the end itself) the latest deadline that is due by
// `now`: now + step. As timestamptz[], in the order of the steps.
std::string limits(Timestamp now, const Steps& steps)
{
    ArrayLiteral limits;
    for (const auto step : steps)
        limits.add(std::string_view(to_text(now + step)));
    return limits.text();
}

// How what was told of a deadline is looked up. Left to itself the planner believes in statistics that do not
// know a first load yet.
struct Lookup
{
    std::string_view join;
    const char* guide_planner;
    const char* leave_planner;
};

// Few: by a probe of the key each, which the limit sees to.
constexpr Lookup by_probe{
    R"(
          left join lateral (select sim, deadline, ahead from simsync.condition
                              where account = $1 and sim = near.id and condition = 'tariff.expiry'
                              limit 1) told on true)",
    "set local enable_seqscan = off", "set local enable_seqscan = on"};

// Many: by a hash, as an exception to the session's way (store/mirror).
constexpr Lookup by_hash{
    R"(
          left join simsync.condition told
                 on told.account = $1 and told.sim = near.id and told.condition = 'tariff.expiry')",
    "set local enable_nestloop = off; set local enable_hashjoin = on",
    "set local enable_nestloop = on; set local enable_hashjoin = off"};

// The nearest step that has come is told, unless simsync.condition says that it, or a nearer one, was told
// for this very deadline. Those rows are left alone, so that asking again writes nothing. `width_bucket`
// counts the limits up to a value, itself included; a limit that is the very deadline has not been passed,
// thus the microsecond, the least step of a timestamptz. `offset 0` has each reach looked up in the index:
// the planner would rather go through all deadlines in their order, to have them sorted. What was due before
// a baseline brought the SIM stood before, unless the deadline has come to be only since: then it is news.
// Whether any has is asked once: in a first load none has, and one probe a SIM took a tenth of its time.
void declare_due(
    Work& work, const std::string& account, Timestamp now, const Steps& steps,
    const std::vector<Reach>& reach, const Lookup& lookup)
{
    ArrayLiteral after;
    ArrayLiteral until;
    for (const auto& each : reach)
    {
        after.add(std::string_view(each.after ? to_text(*each.after) : "-infinity"));
        until.add(std::string_view(to_text(each.until)));
    }
    work.exec_params(
        R"(
        declare due no scroll cursor for
        select near.id, near.iccid_plastic, simsync.rfc3339(near.tariff_expires_at),
               extract(epoch from step.ahead)::bigint, told.sim is not null,
               case when near.tariff_expires_at - step.ahead <= near.entered_at and near.entered_at <= baseline.until
                    then not ((select exists (select from simsync.change_event e
                                               where e.account = $1 and e.kind = 'tariff.expiry_changed'))
                              and exists (select from simsync.change_event e
                                           where e.account = $1 and e.sim = near.id and e.kind = 'tariff.expiry_changed'
                                             and e.recorded_at >= near.entered_at))
                    else false end,
               near.tariff_name, near.description, near.profile
          from unnest($2::timestamptz[], $3::timestamptz[]) as reach (after, until)
         cross join lateral (select id, iccid_plastic, tariff_expires_at,
                                    coalesce(returned_at, first_seen_at) as entered_at,
                                    tariff_name, description, profile
                               from simsync.sim
                              where account = $1 and removed_at is null
                                and tariff_expires_at > reach.after and tariff_expires_at <= reach.until
                             offset 0) near)" +
            std::string(lookup.join) + R"(
         cross join lateral (values (($4::interval[])[
                   1 + width_bucket(near.tariff_expires_at - interval '1 microsecond', $5::timestamptz[])]))
                 as step (ahead)
         cross join (select coalesce(max(baselined_at), 'infinity') as until
                       from simsync.ledger where account = $1) baseline
         where told.sim is null or told.deadline <> near.tariff_expires_at or told.ahead > step.ahead
         order by near.tariff_expires_at, near.id)",
        account, after.text(), until.text(), intervals(steps), limits(now, steps));
}

void raise_first(Work& work, const std::string& account, Timestamp now, const Rows& due)
{
    CopyStream rows(
        work, "simsync.condition",
        {"account", "sim", "condition", "raised_at", "deadline", "ahead", "standing"});
    for (const auto& row : due)
        if (!was_emitted_before(row))
        {
            rows.put(account);
            rows.put(row[0].as<std::string>());
            rows.put("tariff.expiry");
            rows.put(now);
            rows.put(row[2].as<Timestamp>());
            rows.put(std::chrono::seconds{row[3].as<std::int64_t>()});
            rows.put(stood_before(row));
            rows.end_row();
        }
    rows.complete();
}

void raise_again(Work& work, const std::string& account, Timestamp now, const Rows& due)
{
    ArrayLiteral ids;
    ArrayLiteral deadlines;
    ArrayLiteral seconds_ahead;
    ArrayLiteral standing;
    for (const auto& row : due)
        if (was_emitted_before(row))
        {
            ids.add(row[0].text());
            deadlines.add(row[2].text());
            seconds_ahead.add(row[3].text());
            standing.add(row[5].text());
        }
    work.exec_params(
        R"(
        update simsync.condition told
           set raised_at = $2, deadline = due.deadline, ahead = due.seconds * interval '1 second',
               standing = due.standing
          from unnest($3::text[], $4::timestamptz[], $5::bigint[], $6::boolean[])
               as due (sim, deadline, seconds, standing)
         cross join lateral (select ctid from simsync.condition
                              where account = $1 and sim = due.sim and condition = 'tariff.expiry' limit 1) found
         where told.ctid = found.ctid)",
        account, to_text(now), ids.text(), deadlines.text(), seconds_ahead.text(), standing.text());
}

// What was told of no deadline yet, all of a first load, goes in by COPY: half the server's time and WAL.
void raise(Work& work, const std::string& account, Timestamp now, const Rows& due)
{
    const auto again = static_cast<std::size_t>(std::ranges::count_if(due, was_emitted_before));
    if (again < due.size())
        raise_first(work, account, now, due);
    if (again > 0)
        raise_again(work, account, now, due);
}

} // namespace

namespace
{

// Few at a time, by an index of their own.
std::vector<Event> end_missing(Work& work, const std::string& account, Timestamp now)
{
    const auto gone = work.exec_params(
        R"(
        delete from simsync.condition c using simsync.sim s
         where c.account = $1 and c.missing_since <= $2 and s.account = $1 and s.id = c.sim
           and s.removed_at is null and s.tariff_expires_at is null
        returning c.sim, s.iccid_plastic, s.tariff_name, s.description, s.profile)",
        account, to_text(now - deadline_may_be_missing));
    std::vector<Event> events;
    for (const auto& row : gone)
    {
        auto& event = events.emplace_back();
        event.kind = Kind::tariff_renewed;
        event.sim = row[0].as<std::string>();
        event.iccid_plastic = row[1].as<std::optional<std::string>>();
        event.observed_at = now;
        event.after = {{"tariff_expires_at", Value{}}};
        event.cause = Cause::clock;
        event.dedup_key = dedup_key(event.kind, account, *event.sim);
        read_traits(row, 2, event);
    }
    return events;
}

} // namespace

// The index of deadlines is missing until the first load has ended: whoever looks for them makes it.
void raise_due(
    Work& work, const std::string& account, Timestamp now, Warnings warnings,
    const std::function<void(std::span<const Event>)>& emit)
{
    if (const auto ended = end_missing(work, account, now); !ended.empty())
        emit(ended);
    const auto steps = steps_of(warnings);
    work.exec("select simsync.index_deadlines()");
    const auto start = take_start(work, account, now, steps);
    const auto& lookup = !start || now - *start > far_behind ? by_hash : by_probe;
    work.exec(lookup.guide_planner);
    declare_due(work, account, now, steps, reach_of(start, now, steps), lookup);
    work.exec(lookup.leave_planner);

    for (;;)
    {
        const auto due = work.exec("fetch " + std::to_string(rows_at_once) + " from due");
        if (due.empty())
            break;
        raise(work, account, now, due);
        std::vector<Event> events;
        events.reserve(due.size());
        for (const auto& row : due)
            events.push_back(expiry_event(row, account, now));
        emit(events);
    }
    work.exec("close due");
    if (!start)
        note_all_read(work, account, now, steps);
}

// One probe of the index for each step.
std::optional<Timestamp> next_due(Work& work, const std::string& account, Timestamp now, Warnings warnings)
{
    const auto row = work.exec_one(
        R"(
        select simsync.rfc3339(min(soonest.at))
          from unnest($3::interval[]) step
         cross join lateral (select s.tariff_expires_at - step as at
                               from simsync.sim s
                              where s.account = $1 and s.removed_at is null
                                and s.tariff_expires_at > $2::timestamptz + step
                              order by s.tariff_expires_at limit 1) soonest)",
        account, to_text(now), intervals(steps_of(warnings)));
    return row[0].as<std::optional<Timestamp>>();
}

EventCounts standing_counts(Work& work, const std::string& account, Timestamp now, Warnings warnings)
{
    const auto row = work.exec_one(
        R"(
        select count(*) filter (where is_blocked),
               (select count(*) from simsync.condition where account = $1 and condition = 'balance.low'),
               count(*) filter (where balance <= 0),
               count(*) filter (where tariff_expires_at > $2 and tariff_expires_at <= $3),
               count(*) filter (where tariff_expires_at <= $2)
          from simsync.sim where account = $1 and removed_at is null)",
        account, to_text(now), to_text(now + steps_of(warnings).back()));
    EventCounts counts;
    std::size_t column = 0;
    for (const auto kind :
         {Kind::sim_blocked, Kind::balance_low, Kind::balance_depleted, Kind::tariff_expiring,
          Kind::tariff_expired})
        if (const auto sims = row[column++].as<std::int64_t>(); sims > 0)
            counts.emplace(kind, sims);
    return counts;
}

} // namespace simsync
