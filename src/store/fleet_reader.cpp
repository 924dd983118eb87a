// The console's questions, each a transaction of one session.
#include "store/fleet_reader.hpp"

#include "postgres/event_listener.hpp"
#include "store/account_lists.hpp"
#include "store/balances.hpp"
#include "store/event_log.hpp"
#include "store/event_page.hpp"
#include "store/event_rows.hpp"
#include "store/fleet_session.hpp"
#include "store/overview.hpp"
#include "store/search.hpp"
#include "store/sim_page.hpp"

#include <algorithm>
#include <thread>

namespace simsync
{
namespace
{

SchemaFacts schema_facts(Work& work)
{
    SchemaFacts facts;
    read_field(work.exec_one("select coalesce(max(version), 0) from simsync.migration")[0], facts.version);
    read_field(work.exec_one("select pg_is_in_recovery()")[0], facts.standby);
    facts.search_indexed = search_is_indexed(work);
    return facts;
}

std::string hint_of_search(bool indexed)
{
    return indexed ? "type more of it"
                   : "type more of it, or let the owner of the schema run: simsync migrate --search";
}

} // namespace

struct FleetReader::Impl
{
    Impl(const std::string& url, std::chrono::milliseconds patience)
        : session(url, patience),
          facts(session.read("read the schema", schema_facts))
    {
    }

    FleetSession session;
    SchemaFacts facts;
    EventListener listener{session.connection(), events_channel}; // lets go of the session before it ends
};

FleetReader::FleetReader(const std::string& url, std::chrono::milliseconds patience)
    : impl_(std::make_unique<Impl>(url, patience))
{
}
FleetReader::~FleetReader() = default;

const SchemaFacts& FleetReader::schema() const noexcept
{
    return impl_->facts;
}

std::vector<AccountNow> FleetReader::accounts(const std::optional<std::string>& account)
{
    return impl_->session.read("read the accounts", [&](Work& work) { return accounts_now(work, account); });
}

// Who runs out is counted by itself: a log with too many balances in a fortnight must not hide the rest.
FleetOverview FleetReader::overview()
{
    auto overview = impl_->session.read("count the fleet", fleet_overview);
    try
    {
        for (const auto& [account, count] : impl_->session.read("count who runs out", count_running_out))
            if (const auto found = overview.counts.find(account); found != overview.counts.end())
                found->second.runs_out = count;
    }
    catch (const StatementTimeout&)
    {
        for (auto& [account, counts] : overview.counts)
            counts.runs_out.reset();
    }
    return overview;
}

SimPage FleetReader::sims(const SimQuestion& question)
{
    const bool searches = !search_terms(question.words).terms.empty();
    try
    {
        return impl_->session.read(
            searches ? "search for SIMs" : "list SIMs",
            [&](Work& work) { return sim_page(work, question, impl_->facts.search_indexed); });
    }
    catch (const StatementTimeout& timeout)
    {
        if (searches)
            throw StatementTimeout(timeout.what(), hint_of_search(impl_->facts.search_indexed));
        throw;
    }
}

std::optional<FleetSim> FleetReader::sim(const std::string& account, const std::string& id)
{
    return impl_->session.read("read a SIM", [&](Work& work) { return fleet_sim(work, account, id); });
}

std::optional<BalanceHistory> FleetReader::balances(const BalanceQuestion& question)
{
    return impl_->session.read(
        "read the balances of a SIM", [&](Work& work) { return balance_history(work, question); });
}

EventPage
FleetReader::events(const EventQuestion& question, std::size_t limit, const std::optional<EventKey>& after)
{
    return impl_->session.read(
        "list events", [&](Work& work) { return event_page(work, question, limit, after); });
}

std::vector<EventRecord>
FleetReader::events_after(const std::map<std::string, std::int64_t>& positions, std::size_t limit)
{
    return impl_->session.read(
        "read events", [&](Work& work) { return select_from_log(work, {}, positions, End::first, limit); });
}

std::map<std::string, StreamPosition> FleetReader::streams()
{
    return impl_->session.read("read the accounts", stream_positions);
}

SweepPage FleetReader::sweeps(const SweepQuestion& question)
{
    return impl_->session.read("list sweeps", [&](Work& work) { return sweep_page(work, question); });
}

ActionPage FleetReader::actions(const ActionQuestion& question)
{
    return impl_->session.read("list actions", [&](Work& work) { return action_page(work, question); });
}

RemovalPage FleetReader::removals(const RemovalQuestion& question)
{
    return impl_->session.read(
        "list held removals", [&](Work& work) { return removal_page(work, question); });
}

Dictionary FleetReader::dictionary()
{
    return impl_->session.read("read the dictionary", [](Work& work) { return dictionary_of(work); });
}

void FleetReader::wait(std::chrono::milliseconds at_most)
{
    if (impl_->facts.standby)
        std::this_thread::sleep_for(at_most);
    else
        impl_->listener.wait(at_most);
}

void FleetReader::ping()
{
    impl_->session.read("ask for a sign of life", [](Work& work) { work.exec("select 1"); });
}

} // namespace simsync
