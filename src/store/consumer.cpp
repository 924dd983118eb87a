// A consumer's connection: its lock, its position, its events.
#include "simsync/store/consumer.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/connection.hpp"
#include "postgres/event_listener.hpp"
#include "postgres/pooler.hpp"
#include "postgres/row_values.hpp"
#include "postgres/session_lock.hpp"
#include "store/alert_rows.hpp"
#include "store/event_record.hpp"
#include "store/event_rows.hpp"
#include "store/schema_check.hpp"
#include "store/stream_rows.hpp"
#include "store/stuck_rows.hpp"

namespace simsync
{
namespace
{

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
                note_held(work, name, held);
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
    std::vector<std::string> accounts;
    std::vector<std::string> after;
    std::vector<std::string> rooms;
    for (const auto& each : from)
    {
        accounts.push_back(each.account);
        after.push_back(std::to_string(each.after));
        rooms.push_back(std::to_string(each.at_most));
    }
    return impl_->session.transact(
        impl_->doing("read events"),
        [&](Work& work)
        {
            work.exec_params("select from simsync.read_events($1, 1)", impl_->name);
            auto events = events_with_ids(
                work.exec_params(select_ahead(), impl_->name, accounts, after, rooms, of_others, at_most));
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
        [this](Work& work) { return held_events(work, impl_->name); });
}

std::map<std::string, PutBack> Consumer::put_back(const HeldEvents& held, std::int64_t made)
{
    return impl_->session.transact(
        impl_->doing("put its position back"),
        [&](Work& work) { return put_back_to(work, impl_->name, held, made); });
}

std::vector<AlertContext> Consumer::alert_contexts(std::span<const EventRecord> events)
{
    return impl_->session.transact(
        "read the SIMs of events", [&](Work& work) { return read_alert_contexts(work, events); });
}

void Consumer::note_down(const std::string& error, const std::string& hint)
{
    impl_->note(error, hint);
}

void Consumer::note_up()
{
    impl_->note(std::nullopt, std::nullopt);
}

void Consumer::note_stuck(const std::map<std::string, StuckAt>& stuck)
{
    impl_->session.transact(
        impl_->doing("note where it is stuck"), [&](Work& work) { write_stuck(work, impl_->name, stuck); });
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
            auto all = read_standing(work);
            impl_->positions = positions_of(work, impl_->name);
            return all;
        });
}

bool Consumer::wait(std::chrono::milliseconds at_most)
{
    return impl_->listener.wait(at_most);
}

} // namespace simsync
