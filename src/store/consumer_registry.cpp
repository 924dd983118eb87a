#include "store/consumer_registry.hpp"

#include "postgres/connection.hpp"
#include "postgres/row_values.hpp"
#include "postgres/session_lock.hpp"
#include "store/consumer_rows.hpp"
#include "store/event_record.hpp"
#include "store/schema_check.hpp"

namespace simsync
{

struct ConsumerRegistry::Impl
{
    explicit Impl(const std::string& url) : session(url) { require_our_schema(session); }

    Connection session;
};

ConsumerRegistry::ConsumerRegistry(const std::string& url) : impl_(std::make_unique<Impl>(url)) {}
ConsumerRegistry::~ConsumerRegistry() = default;

std::vector<ConsumerPosition> ConsumerRegistry::positions(const std::optional<std::string>& consumer)
{
    return impl_->session.transact(
        "read the positions of consumers",
        [&](Work& work)
        {
            return consumer_positions(work.exec_params(
                "select " + consumer_position_columns +
                    " from simsync.consumer_position where $1::text is null or consumer = $1 "
                    "order by consumer, account",
                consumer));
        });
}

std::int64_t ConsumerRegistry::oldest_kept(const std::string& account)
{
    return impl_->session.transact(
        "read the events that are kept",
        [&](Work& work)
        {
            std::int64_t oldest = 1;
            for (const auto& row : work.exec_params(
                     R"(
                     select coalesce((select min(e.seq) from simsync.change_event e where e.account = l.account),
                                     l.last_seq + 1)
                       from simsync.account l where l.account = $1)",
                     account))
                read_field(row[0], oldest);
            return oldest;
        });
}

std::vector<EventTally>
ConsumerRegistry::tally(const std::string& account, std::int64_t after, std::int64_t upto)
{
    return impl_->session.transact(
        "count events",
        [&](Work& work)
        {
            std::vector<EventTally> tallies;
            for (const auto& row : work.exec_params(
                     R"(
                     select kind, standing, count(*) from simsync.change_event
                      where account = $1 and seq > $2 and seq <= $3
                      group by kind, standing order by count(*) desc, kind, standing)",
                     account, after, upto))
            {
                auto& each = tallies.emplace_back();
                read_field(row[0], each.kind);
                read_field(row[1], each.standing);
                read_field(row[2], each.events);
            }
            return tallies;
        });
}

std::optional<EventRecord> ConsumerRegistry::event(const std::string& account, std::int64_t seq)
{
    return impl_->session.transact(
        "read an event",
        [&](Work& work) -> std::optional<EventRecord>
        {
            auto found = event_records(work.exec_params(
                "select " + event_columns + " from simsync.change_event where account = $1 and seq = $2",
                account, seq));
            return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
        });
}

void ConsumerRegistry::move(const std::vector<Move>& moves)
{
    impl_->session.transact(
        "move the consumer",
        [&](Work& work)
        {
            for (const auto& each : moves)
                work.exec_params(
                    "select simsync.seek_consumer($1, $2, $3, $4)", each.from.consumer, each.from.account,
                    each.to, each.from.acked_seq);
        });
}

bool ConsumerRegistry::remove(const std::string& consumer, const std::optional<std::string>& account)
{
    const auto doing = "remove consumer \"" + consumer + '"';
    SessionLock turn(impl_->session, "simsync consumer", consumer);
    if (!turn.try_take(doing))
        return false;
    impl_->session.transact(
        doing,
        [&](Work& work) { work.exec_params("select simsync.remove_consumer($1, $2)", consumer, account); });
    return true;
}

} // namespace simsync
