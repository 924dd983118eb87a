// Reading for commands and readiness.
#include "simsync/store/reader.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/connection.hpp"
#include "postgres/event_listener.hpp"
#include "postgres/row_values.hpp"
#include "store/account_status.hpp"
#include "store/event_log.hpp"
#include "store/event_rows.hpp"
#include "store/held_rows.hpp"
#include "store/schema_check.hpp"
#include "store/sim_rows.hpp"
#include "store/sim_search.hpp"
#include "store/watched_rows.hpp"

namespace simsync
{
namespace
{

const std::string reader_settings = "set default_transaction_read_only = on";

} // namespace

struct Reader::Impl
{
    explicit Impl(const std::string& url) : session(url, reader_settings) { require_our_schema(session); }

    Connection session;
    EventListener listener{session, events_channel}; // after the session: it lets go of it first
};

Reader::Reader(const std::string& url) : impl_(std::make_unique<Impl>(url)) {}
Reader::~Reader() = default;

std::vector<EventRecord>
Reader::events(const EventFilter& filter, const std::map<std::string, std::int64_t>& after, std::size_t limit)
{
    return impl_->session.transact(
        "read events", [&](Work& work) { return select_from_log(work, filter, after, End::first, limit); });
}

std::vector<EventRecord> Reader::last_events(const EventFilter& filter, std::size_t limit)
{
    return impl_->session.transact(
        "read events", [&](Work& work) { return select_from_log(work, filter, {}, End::last, limit); });
}

std::map<std::string, std::int64_t> Reader::positions()
{
    return impl_->session.transact(
        "read the accounts",
        [](Work& work)
        {
            std::map<std::string, std::int64_t> positions;
            for (const auto& row : work.exec("select account, last_seq from simsync.account"))
                positions.emplace(row[0].text(), row[1].as<std::int64_t>());
            return positions;
        });
}

std::vector<AccountStatus> Reader::status()
{
    return impl_->session.transact("read the accounts", account_statuses);
}

std::optional<SimLife> Reader::life(const std::string& account, const std::string& id)
{
    return impl_->session.transact(
        "read a SIM of account \"" + account + '"',
        [&](Work& work)
        {
            std::optional<SimLife> life;
            for (auto& stored : load_sims(work, account, std::vector{id}))
            {
                life = {account, std::move(stored), {}};
                read_field(
                    work.exec_one(
                        "select simsync.rfc3339(first_seen_at) from "
                        "simsync.sim where account = $1 and id = $2",
                        account, id)[0],
                    life->first_seen_at);
            }
            return life;
        });
}

std::vector<FoundSim> Reader::find(
    const std::string& term, const std::optional<std::vector<std::string>>& accounts, std::size_t limit)
{
    return impl_->session.transact(
        "look for SIMs", [&](Work& work) { return find_sims(work, term, accounts, limit); });
}

std::vector<FoundSim>
Reader::with_id(const std::string& id, const std::optional<std::vector<std::string>>& accounts)
{
    return impl_->session.transact(
        "look for a SIM", [&](Work& work) { return sims_of_id(work, id, accounts); });
}

std::vector<NamedSim> Reader::named(std::span<const std::string> terms, std::span<const std::string> accounts)
{
    return impl_->session.transact(
        "look for SIMs", [&](Work& work) { return named_sims(work, terms, accounts); });
}

std::vector<HeldRemoval> Reader::held_removals(const std::string& account)
{
    return impl_->session.transact(
        "read the held removals of account \"" + account + '"',
        [&account](Work& work)
        {
            return held_removals_of(
                work.exec_params(select_held_removals + " where h.account = $1 order by h.sim", account));
        });
}

void Reader::wait(std::chrono::milliseconds at_most)
{
    impl_->listener.wait(at_most);
}

void Reader::notify_watched(const std::string& account, const std::string& id)
{
    impl_->session.autocommit(
        "tell that a SIM is watched", [&](Work& work) { simsync::notify_watched(work, account, id); });
}

void Reader::ping()
{
    impl_->session.autocommit("ask for a sign of life", [](Work& work) { work.exec("select 1"); });
}

} // namespace simsync
