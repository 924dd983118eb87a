// A consumer's connection: its lock, its position, its events.
#include "simsync/store/consumer.hpp"

#include "postgres/connection.hpp"
#include "postgres/event_listener.hpp"
#include "postgres/pooler.hpp"
#include "postgres/row_values.hpp"
#include "postgres/session_lock.hpp"
#include "store/event_record.hpp"
#include "store/event_rows.hpp"
#include "store/schema_check.hpp"

namespace simsync
{
namespace
{

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
    read_field(row[8], standing.tariff_name);
    read_field(row[9], standing.description);
    read_field(row[10], standing.profile);
    return standing;
}

using Positions = std::map<std::string, std::int64_t>;

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
    Impl(const std::string& database, std::string consumer)
        : url(database),
          name(std::move(consumer)),
          session(url)
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

    bool is_behind(const std::string& account, std::int64_t seq)
    {
        const auto now = positions_now();
        const auto position = now.find(account);
        return position == now.end() || position->second < seq;
    }

    void acknowledge(const std::string& account, std::int64_t seq)
    {
        session.transact(
            doing("acknowledge events"), [&](Work& work)
            { work.exec_params("select simsync.ack_events($1, $2, $3)", name, account, seq); });
    }

    std::string url;
    std::string name;
    Connection session;
    Positions positions; // behind which `next` read, as far as we know
    // Declared after the session, so that they are destroyed before it: both speak to it when they go.
    SessionLock lock{session, "simsync consumer", name};
    EventListener listener{session, events_channel};
};

Consumer::Consumer(const std::string& url, std::string name)
    : impl_(std::make_unique<Impl>(url, std::move(name)))
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
            auto events = event_records(rows);
            for (std::size_t i = 0; i < events.size(); ++i)
                read_field(rows[i].back(), events[i].id);
            impl_->positions = positions_of(work, impl_->name);
            return events;
        });
}

bool Consumer::has_moved()
{
    return impl_->positions_now() != impl_->positions;
}

// Where somebody else has acknowledged more meanwhile, ours says nothing new.
void Consumer::acknowledge(const std::map<std::string, std::int64_t>& upto)
{
    for (const auto& [account, seq] : upto)
    {
        try
        {
            if (!impl_->is_behind(account, seq))
                continue;
            impl_->acknowledge(account, seq);
            impl_->positions[account] = seq;
        }
        catch (const StoreDefect&)
        {
            if (impl_->is_behind(account, seq))
                throw;
        }
    }
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
            for (const auto& row : work.exec(R"(
                                                select account, dedup_key, kind, severity, sim, iccid_plastic,
                                                       simsync.rfc3339(since), standing,
                                                       tariff_name, description, profile
                                                  from simsync.standing_condition order by dedup_key)"))
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
