// A consumer's connection: its lock, its position, its events.
#include "simsync/store/consumer.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/connection.hpp"
#include "postgres/event_listener.hpp"
#include "postgres/pooler.hpp"
#include "postgres/row_values.hpp"
#include "postgres/session_lock.hpp"
#include "store/event_record.hpp"
#include "store/event_rows.hpp"
#include "store/schema_check.hpp"

#include <set>

namespace simsync
{
namespace
{

constexpr std::size_t fact_count = 5;
const std::string fact_columns =
    "s.description, s.balance::text, s.tariff_name, simsync.rfc3339(s.tariff_expires_at), s.profile";

void read_facts(const Row& row, std::size_t at, SimFacts& facts)
{
    read_field(row[at], facts.description);
    read_field(row[at + 1], facts.balance);
    read_field(row[at + 2], facts.tariff_name);
    read_field(row[at + 3], facts.tariff_expires_at);
    read_field(row[at + 4], facts.profile);
}

StandingCondition standing_condition(const Row& row)
{
    StandingCondition standing;
    read_field(row[0], standing.account);
    read_field(row[1], standing.dedup_key);
    read_field(row[2], standing.kind);
    read_field(row[3], standing.severity);
    read_field(row[4], standing.sim);
    read_field(row[5], standing.iccid_plastic);
    read_field(row[6], standing.since);
    read_field(row[7], standing.standing);
    read_facts(row, 8, standing.facts);
    read_field(row[8 + fact_count], standing.error);
    return standing;
}

const std::string select_standing = R"(
    select c.account, c.dedup_key, c.kind, c.severity, c.sim, c.iccid_plastic,
           simsync.rfc3339(c.since), c.standing,
           )" + fact_columns + R"(,
           case when c.kind = 'account.degraded' then
               (select e.after ->> 'error' from simsync.change_event e
                 where e.account = c.account and e.kind = c.kind and e.recorded_at > c.since - interval '1 day'
                 order by e.seq desc limit 1) end
      from simsync.standing_condition c
      left join simsync.sim s on s.account = c.account and s.id = c.sim
     order by c.dedup_key)";

// By what each condition was raised, or resolved, last before the event. The last month is looked at first,
// for a year of a SIM's events may be many. A SIM that was blocked at first sight was so without an event:
// for an analyst's eye it stood before simsync came, unless it was added later.
const std::string select_raised_before = R"(
    select a.place, b.kind, b.standing
      from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[], $7::boolean[])
           as a (place, account, sim, seq, recorded_at, dedup_key, was_blocked)
     cross join lateral (
        (select e.kind, e.standing from simsync.change_event e
          where e.account = a.account and e.sim = a.sim and e.seq < a.seq and e.dedup_key = a.dedup_key
            and e.recorded_at > a.recorded_at - interval '35 days'
          order by e.seq desc limit 1)
         union all
        (select e.kind, e.standing from simsync.change_event e
          where e.account = a.account and e.sim = a.sim and e.seq < a.seq and e.dedup_key = a.dedup_key
          order by e.seq desc limit 1)
         union all
         select 'sim.blocked', not exists (select from simsync.change_event e
                                            where e.account = a.account and e.sim = a.sim and e.seq < a.seq
                                              and e.kind = 'sim.added')
          where a.was_blocked
         limit 1) b)";

const std::string select_facts = R"(
    select a.place, )" + fact_columns +
                                 R"(, coalesce(s.is_blocked, false)
      from unnest($1::bigint[], $2::text[], $3::text[]) as a (place, account, sim)
      join simsync.sim s on s.account = a.account and s.id = a.sim)";

// The keys of the conditions that it may end: its own, and all of a SIM that is gone. None where it only
// raises.
std::set<std::string> ended_keys(const EventRecord& event)
{
    std::set<std::string> keys;
    const auto kind = kind_named(event.kind);
    if (!kind || !event.sim)
        return keys;
    if (*kind == Kind::sim_removed)
    {
        for (const auto raised : all_kinds())
            if (raises_condition(raised) && !to_text(raised).starts_with("account."))
                keys.insert(dedup_key(raised, event.account, *event.sim).value());
    }
    else if (event.dedup_key && (!raises_condition(*kind) || raised_alike(*kind).size() > 1))
        keys.insert(*event.dedup_key);
    return keys;
}

// The columns of an unnest.
class AskedEvents
{
public:
    void add(std::size_t place, const EventRecord& event)
    {
        places_.add(std::string_view(std::to_string(place)));
        accounts_.add(std::string_view(event.account));
        sims_.add(event.sim);
    }
    void add(std::size_t place, const EventRecord& event, const std::string& key, bool was_blocked)
    {
        add(place, event);
        seqs_.add(std::string_view(std::to_string(event.seq)));
        times_.add(std::string_view(event.recorded_at));
        keys_.add(std::string_view(key));
        were_blocked_.add(std::string_view(was_blocked ? "true" : "false"));
    }

    Rows facts(Work& work)
    {
        return work.exec_params(select_facts, places_.text(), accounts_.text(), sims_.text());
    }
    Rows raised_before(Work& work)
    {
        return work.exec_params(
            select_raised_before, places_.text(), accounts_.text(), sims_.text(), seqs_.text(), times_.text(),
            keys_.text(), were_blocked_.text());
    }

private:
    ArrayLiteral places_;
    ArrayLiteral accounts_;
    ArrayLiteral sims_;
    ArrayLiteral seqs_;
    ArrayLiteral times_;
    ArrayLiteral keys_;
    ArrayLiteral were_blocked_;
};

// A condition that somebody may have been told of.
bool concerns_a_condition(const EventRecord& event)
{
    const auto kind = kind_named(event.kind);
    return kind && (*kind == Kind::sim_removed || !raised_alike(*kind).empty());
}

using Positions = std::map<std::string, std::int64_t>;

// What comes behind what was read ahead, as simsync.read_events has it behind the positions: it is asked
// first, for one event, so that a consumer is registered, and told where it cannot read on.
const std::string ahead = R"(
  from (
    with waiting as materialized (
        select c.account, f.after, f.room, l.last_seq - f.after as behind, first.recorded_at
          from simsync.consumer c
          join simsync.ledger l on l.account = c.account
          left join unnest($2::text[], $3::bigint[], $4::bigint[]) as a (account, after, room)
                 on a.account = c.account
         cross join lateral (select coalesce(a.after, c.acked_seq) as after, coalesce(a.room, $5::bigint) as room) f
         cross join lateral (select n.recorded_at from simsync.change_event n
                              where n.account = c.account and n.seq > f.after
                              order by n.seq limit 1) first
         where c.consumer = $1 and f.after < l.last_seq and f.room > 0),
    turn as materialized (
        select w.*, coalesce(sum(least(w.behind, w.room)) over (order by w.recorded_at, w.account
                                 rows between unbounded preceding and 1 preceding), 0) as before
          from waiting w),
    upcoming as (
        select e as event, max(e.recorded_at) over (partition by e.account order by e.seq) as in_turn
          from turn t
         cross join lateral (select * from simsync.change_event n
                              where n.account = t.account and n.seq > t.after
                              order by n.seq limit least(t.room, $6::bigint - t.before)) e
         where t.before < $6::bigint)
    select (event).* , in_turn from upcoming) e
 order by in_turn, account, seq)";

// The columns are another unit's: they are there once everything has begun.
std::string select_ahead()
{
    return "select " + event_columns + ", simsync.event_id(account, seq)" + ahead;
}

const std::string note_all_held = R"(
    select simsync.note_held($1, a.account, a.id, a.place, a.made)
      from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) as a (account, id, place, made))";

const std::string put_all_back = R"(
    select c.account, p.was, p.behind
      from simsync.consumer c
      left join unnest($2::text[], $3::text[], $4::bigint[]) as a (account, id, place) on a.account = c.account
     cross join lateral simsync.put_consumer_back(c.consumer, c.account, a.id, a.place, $5) p
     where c.consumer = $1)";

// The columns of an unnest.
struct HeldColumns
{
    explicit HeldColumns(const HeldEvents& held)
    {
        for (const auto& [account, event] : held)
        {
            accounts.add(std::string_view(account));
            ids.add(std::string_view(event.id));
            places.add(std::string_view(std::to_string(event.place)));
            made.add(std::string_view(std::to_string(event.made)));
        }
    }

    ArrayLiteral accounts{};
    ArrayLiteral ids{};
    ArrayLiteral places{};
    ArrayLiteral made{};
};

const std::string acknowledge_all = R"(
    select a.account, simsync.ack_from($1, a.account, a.read_from, a.upto)
      from unnest($2::text[], $3::bigint[], $4::bigint[]) as a (account, read_from, upto))";

std::vector<EventRecord> events_with_ids(const Rows& rows)
{
    auto events = event_records(rows);
    for (std::size_t i = 0; i < events.size(); ++i)
        read_field(rows[i].back(), events[i].id);
    return events;
}

Positions positions_of(Work& work, const std::string& consumer)
{
    Positions positions;
    for (const auto& row :
         work.exec_params("select account, acked_seq from simsync.consumer where consumer = $1", consumer))
        positions.emplace(row[0].text(), row[1].as<std::int64_t>());
    return positions;
}

} // namespace

struct Consumer::Impl
{
    Impl(std::shared_ptr<Connection> connection, const std::string& database, std::string consumer)
        : url(database),
          name(std::move(consumer)),
          owner(std::move(connection))
    {
        require_our_schema(session);
    }

    std::string doing(const std::string& what) const { return what + " as consumer \"" + name + '"'; }

    // One round trip: whoever gets an answer still has its session, and with it the lock.
    Positions positions_now()
    {
        return session.autocommit(
            doing("look at the position"), [this](Work& work) { return positions_of(work, name); });
    }

    // Of those whose position is where `next` read from; whoever has moved another decides.
    std::vector<std::string> acknowledge(const Positions& upto, const HeldEvents& held)
    {
        ArrayLiteral accounts;
        ArrayLiteral read_from;
        ArrayLiteral seqs;
        for (const auto& [account, seq] : upto)
        {
            const auto known = positions.find(account);
            accounts.add(std::string_view(account));
            read_from.add(
                known == positions.end() ? std::nullopt
                                         : std::optional<std::string>(std::to_string(known->second)));
            seqs.add(std::string_view(std::to_string(seq)));
        }
        return session.transact(
            doing("acknowledge events"),
            [&](Work& work)
            {
                if (HeldColumns columns{held}; !held.empty())
                    work.exec_params(
                        note_all_held, name, columns.accounts.text(), columns.ids.text(),
                        columns.places.text(), columns.made.text());
                std::vector<std::string> moved;
                for (const auto& row :
                     work.exec_params(acknowledge_all, name, accounts.text(), read_from.text(), seqs.text()))
                    if (row[1].as<bool>())
                        moved.emplace_back(row[0].text());
                return moved;
            });
    }

    void note(const SqlText& error, const SqlText& hint)
    {
        session.transact(
            doing("note how it stands"), [&](Work& work)
            { work.exec_params("select simsync.note_consumer($1, $2, $3)", name, error, hint); });
    }

    std::string url;
    std::string name;
    std::shared_ptr<Connection> owner;
    Connection& session = *owner;
    Positions positions; // behind which `next` read, as far as we know
    // Declared after the session, so that they are destroyed before it: both speak to it when they go.
    SessionLock lock{session, "simsync consumer", name};
    EventListener listener{session, events_channel};
};

Consumer::Consumer(const std::string& url, std::string name)
    : Consumer(std::make_shared<Connection>(url), url, std::move(name))
{
}
Consumer::Consumer(std::shared_ptr<Connection> shared, const std::string& url, std::string name)
    : impl_(std::make_unique<Impl>(std::move(shared), url, std::move(name)))
{
}
Consumer::~Consumer() = default;

bool Consumer::try_lock()
{
    refuse_pooler(impl_->session, impl_->url);
    return impl_->lock.try_take(impl_->doing("take the turn"));
}

void Consumer::begin_now()
{
    impl_->session.transact(
        impl_->doing("begin"),
        [this](Work& work) { work.exec_params("select simsync.begin_consumer($1)", impl_->name); });
}

std::vector<EventRecord> Consumer::next(std::size_t at_most, const std::string& match)
{
    return impl_->session.transact(
        impl_->doing("read events"),
        [&](Work& work)
        {
            const auto select = "select " + event_columns + ", simsync.event_id(account, seq) from ";
            const auto rows =
                match.empty() ? work.exec_params(select + "simsync.read_events($1, $2)", impl_->name, at_most)
                              : work.exec_params(
                                    select + "simsync.read_events($1, $2, $3)", impl_->name, at_most, match);
            auto events = events_with_ids(rows);
            impl_->positions = positions_of(work, impl_->name);
            return events;
        });
}

bool Consumer::has_moved()
{
    return impl_->positions_now() != impl_->positions;
}

std::map<std::string, std::int64_t> Consumer::moved()
{
    auto found = impl_->positions_now();
    Positions elsewhere;
    for (const auto& [account, seq] : found)
        if (const auto known = impl_->positions.find(account);
            known == impl_->positions.end() || known->second != seq)
            elsewhere.emplace(account, seq);
    for (const auto& [account, seq] : impl_->positions)
        if (!found.contains(account))
            elsewhere.emplace(account, -1);
    impl_->positions = std::move(found);
    return elsewhere;
}

std::vector<EventRecord>
Consumer::read_ahead(std::span<const ReadFrom> from, std::size_t of_others, std::size_t at_most)
{
    ArrayLiteral accounts;
    ArrayLiteral after;
    ArrayLiteral rooms;
    for (const auto& each : from)
    {
        accounts.add(std::string_view(each.account));
        after.add(std::string_view(std::to_string(each.after)));
        rooms.add(std::string_view(std::to_string(each.at_most)));
    }
    return impl_->session.transact(
        impl_->doing("read events"),
        [&](Work& work)
        {
            work.exec_params("select from simsync.read_events($1, 1)", impl_->name);
            auto events = events_with_ids(work.exec_params(
                select_ahead(), impl_->name, accounts.text(), after.text(), rooms.text(), of_others,
                at_most));
            impl_->positions.merge(positions_of(work, impl_->name)); // of accounts that have come
            return events;
        });
}

void Consumer::acknowledge(const std::map<std::string, std::int64_t>& upto)
{
    acknowledge(upto, {});
}

void Consumer::acknowledge(const std::map<std::string, std::int64_t>& upto, const HeldEvents& held)
{
    if (upto.empty() && held.empty())
        return;
    for (const auto& account : impl_->acknowledge(upto, held))
        impl_->positions[account] = upto.at(account);
}

HeldEvents Consumer::held()
{
    return impl_->session.transact(
        impl_->doing("read what its stream holds"),
        [this](Work& work)
        {
            HeldEvents held;
            for (const auto& row : work.exec_params(
                     "select account, held_id, held_place, held_made from simsync.consumer "
                     "where consumer = $1 and held_id is not null",
                     impl_->name))
                held[row[0].as<std::string>()] = {
                    row[1].as<std::string>(), row[2].as<std::uint64_t>(), row[3].as<std::int64_t>()};
            return held;
        });
}

std::map<std::string, Consumer::PutBack> Consumer::put_back(const HeldEvents& held, std::int64_t made)
{
    HeldColumns columns{held};
    return impl_->session.transact(
        impl_->doing("put its position back"),
        [&](Work& work)
        {
            std::map<std::string, PutBack> moved;
            for (const auto& row : work.exec_params(
                     put_all_back, impl_->name, columns.accounts.text(), columns.ids.text(),
                     columns.places.text(), made))
            {
                auto& each = moved[row[0].as<std::string>()];
                each.from = row[1].as<std::int64_t>();
                read_field(row[2], each.to);
            }
            return moved;
        });
}

std::vector<AlertContext> Consumer::alert_contexts(std::span<const EventRecord> events)
{
    return impl_->session.transact(
        "read the SIMs of events",
        [&](Work& work)
        {
            std::vector<AlertContext> contexts(events.size());
            std::vector<bool> blocked(events.size());
            AskedEvents sims;
            for (std::size_t i = 0; i < events.size(); ++i)
                if (events[i].sim && concerns_a_condition(events[i]))
                    sims.add(i, events[i]);
            for (const auto& row : sims.facts(work))
            {
                const auto place = row[0].as<std::size_t>();
                read_facts(row, 1, contexts.at(place).sim);
                blocked.at(place) = row[1 + fact_count].as<bool>();
            }
            AskedEvents ends;
            for (std::size_t i = 0; i < events.size(); ++i)
                for (const auto& key : ended_keys(events[i]))
                    ends.add(
                        i, events[i], key,
                        key.ends_with(":sim.blocked") &&
                            (events[i].kind == to_text(Kind::sim_unblocked) || blocked[i]));
            for (const auto& row : ends.raised_before(work))
                if (raises_condition(kind_named(row[1].text()).value()))
                    contexts.at(row[0].as<std::size_t>())
                        .raised.push_back({row[1].as<std::string>(), row[2].as<bool>()});
            return contexts;
        });
}

void Consumer::note_down(const std::string& error, const std::string& hint)
{
    impl_->note(error, hint);
}

void Consumer::note_up()
{
    impl_->note(std::nullopt, std::nullopt);
}

std::map<std::string, std::string> Consumer::streams()
{
    return impl_->session.transact(
        "read the accounts",
        [](Work& work)
        {
            std::map<std::string, std::string> streams;
            for (const auto& row : work.exec("select account, stream_id from simsync.account"))
                streams.emplace(row[0].text(), row[1].text());
            return streams;
        });
}

std::vector<StandingCondition> Consumer::standing()
{
    return impl_->session.transact(
        "read the conditions that stand",
        [this](Work& work)
        {
            std::vector<StandingCondition> all;
            for (const auto& row : work.exec(select_standing))
                all.push_back(standing_condition(row));
            impl_->positions = positions_of(work, impl_->name);
            return all;
        });
}

bool Consumer::wait(std::chrono::milliseconds at_most)
{
    return impl_->listener.wait(at_most);
}

} // namespace simsync
