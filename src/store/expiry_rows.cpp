// What time alone does as set-based SQL.
#include "store/expiry_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/copy_stream.hpp"
#include "postgres/row_values.hpp"
#include "store/expiry_scan.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace simsync
{
namespace
{

// Of what is due, as much becomes events at a time.
constexpr std::size_t rows_at_once = 2'000;

bool is_due(const Row& row) // and not told of
{
    return row[9].as<bool>();
}

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

// The deadlines of a piece in their order, and of each whether there is something to tell. The nearest step
// that has come is told, unless simsync.condition says that it, or a nearer one, was told for this very
// deadline. Those rows are left alone, so that asking again writes nothing. `width_bucket` counts the limits
// up to a value, itself included; a limit that is the very deadline has not been passed, thus the
// microsecond, the least step of a timestamptz. Each reach is read from the index in its order and no further
// than a piece goes, and SIMs of one deadline are sorted as they come: left to itself the planner, whose
// statistics do not know a first load yet, reads and sorts all of them for each piece. What was told is found
// by a probe of the key each, which the limit sees to. What was due before a baseline brought the SIM stood
// before, unless the deadline has come to be only since: then it is news. Whether any has is asked once: in a
// first load none has, and one probe a SIM took a tenth of its time.
Rows next_deadlines(
    Work& work, const std::string& account, const DueLook& look, const Steps& steps, std::size_t most)
{
    ArrayLiteral after;
    ArrayLiteral until;
    for (const auto& each : beyond(reach_of(look.start, look.now, steps), look.read_upto))
    {
        after.add(std::string_view(each.after ? to_text(*each.after) : "-infinity"));
        until.add(std::string_view(to_text(each.until)));
    }
    const auto upto = look.read_upto.value_or(DueLook::Place{});
    work.exec("set local enable_seqscan = off; set local enable_sort = off");
    auto deadlines = work.exec_params(
        R"(
        select near.id, near.iccid_plastic, simsync.rfc3339(near.tariff_expires_at),
               extract(epoch from step.ahead)::bigint, told.sim is not null,
               case when news.is_due and near.tariff_expires_at - step.ahead <= near.entered_at
                         and near.entered_at <= baseline.until
                    then not ((select exists (select from simsync.change_event e
                                               where e.account = $1 and e.kind = 'tariff.expiry_changed'))
                              and exists (select from simsync.change_event e
                                           where e.account = $1 and e.sim = near.id and e.kind = 'tariff.expiry_changed'
                                             and e.recorded_at >= near.entered_at))
                    else false end,
               near.tariff_name, near.description, near.profile, news.is_due
          from (select of_reach.*
                  from unnest($2::timestamptz[], $3::timestamptz[]) as reach (after, until)
                 cross join lateral (select id, iccid_plastic, tariff_expires_at,
                                            coalesce(returned_at, first_seen_at) as entered_at,
                                            tariff_name, description, profile
                                       from simsync.sim
                                      where account = $1 and removed_at is null
                                        and tariff_expires_at > reach.after and tariff_expires_at <= reach.until
                                        and (tariff_expires_at > $6 or (tariff_expires_at = $6 and id > $7))
                                      order by tariff_expires_at, id limit $8) of_reach
                 order by of_reach.tariff_expires_at, of_reach.id limit $8) near
          left join lateral (select sim, deadline, ahead from simsync.condition
                              where account = $1 and sim = near.id and condition = 'tariff.expiry'
                              limit 1) told on true
         cross join lateral (values (($4::interval[])[
                   1 + width_bucket(near.tariff_expires_at - interval '1 microsecond', $5::timestamptz[])]))
                 as step (ahead)
         cross join lateral (values (told.sim is null or told.deadline <> near.tariff_expires_at
                                     or told.ahead > step.ahead)) as news (is_due)
         cross join (select coalesce(max(baselined_at), 'infinity') as until
                       from simsync.ledger where account = $1) baseline
         order by near.tariff_expires_at, near.id)",
        account, after.text(), until.text(), intervals(steps), limits(look.now, steps),
        look.read_upto ? to_text(upto.deadline) : std::string("-infinity"), upto.sim, most);
    work.exec("set local enable_seqscan = on; set local enable_sort = on");
    return deadlines;
}

using DueRows = std::span<const Row>;

void raise_first(Work& work, const std::string& account, Timestamp now, DueRows due)
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

void raise_again(Work& work, const std::string& account, Timestamp now, DueRows due)
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
void raise(Work& work, const std::string& account, Timestamp now, DueRows due)
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

namespace
{

void tell(
    Work& work, const std::string& account, Timestamp now, DueRows due,
    const std::function<void(std::span<const Event>)>& emit)
{
    while (!due.empty())
    {
        const auto some = due.first(std::min(due.size(), rows_at_once));
        due = due.subspan(some.size());
        raise(work, account, now, some);
        std::vector<Event> events;
        events.reserve(some.size());
        for (const auto& row : some)
            events.push_back(expiry_event(row, account, now));
        emit(events);
    }
}

// The index of deadlines is missing until the first load has ended: whoever looks for them makes it.
void begin_look(
    Work& work, const std::string& account, DueLook& look, const Steps& steps,
    const std::function<void(std::span<const Event>)>& emit)
{
    if (const auto ended = end_missing(work, account, look.now); !ended.empty())
        emit(ended);
    work.exec("select simsync.index_deadlines()");
    look.start = take_start(work, account, look.now, steps);
}

} // namespace

void raise_due(
    Work& work, const std::string& account, DueLook& look, Warnings warnings, std::size_t most,
    const std::function<void(std::span<const Event>)>& emit)
{
    const auto steps = steps_of(warnings);
    const bool begins = !look.read_upto;
    if (begins)
        begin_look(work, account, look, steps, emit);

    const auto deadlines = next_deadlines(work, account, look, steps, most);
    std::vector<Row> due;
    for (const auto& row : deadlines)
        if (is_due(row))
            due.push_back(row);
    tell(work, account, look.now, due, emit);

    look.through = deadlines.size() < most;
    if (begins && !look.start)
        note_all_read(work, account, look.now, steps);
    if (begins && !look.through)
        note_unfinished(work, account);
    else if (!begins && look.through)
        note_finished(work, account);
    if (!look.through)
    {
        const auto last = deadlines[deadlines.size() - 1];
        look.read_upto = {last[2].as<Timestamp>(), last[0].as<std::string>()};
    }
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
