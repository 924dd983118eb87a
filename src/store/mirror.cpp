// An account on its writing connection: its lease, its transactions.
#include "store/mirror.hpp"

#include "model/backoff.hpp"
#include "postgres/array_literal.hpp"
#include "postgres/connection.hpp"
#include "postgres/row_values.hpp"
#include "postgres/session_lock.hpp"
#include "store/account_rows.hpp"
#include "store/condition_rows.hpp"
#include "store/loading_rows.hpp"
#include "store/schema_check.hpp"
#include "store/sim_rows.hpp"
#include "store/transaction.hpp"
#include "store/writer_session.hpp"

#include <random>
#include <thread>

namespace simsync
{
namespace
{

// Serves conflicts between two writers, which last for milliseconds: five more tries.
constexpr Backoff conflict_backoff{std::chrono::milliseconds{20}, std::chrono::milliseconds{1'000}, 6};

Timestamp now()
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

double chance()
{
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>{}(generator);
}

} // namespace

struct PostgresMirror::Impl
{
    Impl(std::shared_ptr<WriterSession> on, std::string name, std::shared_ptr<SeenEvents> known, Ring told)
        : shared(std::move(on)),
          session(shared->connection()),
          account(std::move(name)),
          lease(session, "simsync", account),
          seen(std::move(known)),
          hand_on(std::move(told))
    {
        require_our_schema(session);
    }

    void has_committed(std::int64_t seq);
    void attempt(const std::function<void(Transaction&)>& work);
    void make_partitions();
    void note_housekeeping(const std::vector<HousekeepingTrouble>& troubles);

    const std::shared_ptr<WriterSession> shared; // for as long as we live: never another one
    Connection& session;
    const std::string account;
    // A lock of this very session: whoever loses the connection loses the right to write with it, and never
    // the one without the other.
    SessionLock lease;
    bool leads = false;
    std::shared_ptr<SeenEvents> seen;
    std::string stream_id; // while it leads
    Ring hand_on;          // empty: we ring here
};

void PostgresMirror::Impl::has_committed(std::int64_t seq)
{
    if (seq == 0)
        return;
    if (hand_on)
        return hand_on(account, seq);
    try_to_ring(session, {{account, seq}}); // the next commit rings for this one too
}

void PostgresMirror::Impl::attempt(const std::function<void(Transaction&)>& work)
{
    Months made = shared->months(); // partitions made in a transaction that fails are not there
    std::int64_t last_seq = 0;
    session.transact(
        "write account \"" + account + '"',
        [&](Work& open)
        {
            WritingTransaction transaction(open, account, made);
            work(transaction);
            transaction.flush();
            last_seq = transaction.last_seq();
            seen->attempted(account, stream_id, last_seq);
        });
    seen->committed(account, stream_id, last_seq);
    shared->has_made(made);
    has_committed(last_seq);
}

namespace
{

// Does `act`; what keeps it from being done is added to the troubles. Throws where the connection is lost.
template<class Act>
void tend(Connection& session, std::vector<HousekeepingTrouble>& troubles, Act&& act)
{
    try
    {
        act();
    }
    catch (const StoreError& error)
    {
        if (!session.is_open())
            throw;
        troubles.push_back({error.what(), error.hint()});
    }
}

// Asks one of the functions that tell what they could not do, and why.
void ask_for_troubles(
    Work& work, std::vector<HousekeepingTrouble>& troubles, const std::string& from, const std::string& at)
{
    for (const auto& row :
         work.exec_params("select error, hint from simsync." + from + " where error is not null", at))
    {
        auto& trouble = troubles.emplace_back();
        read_field(row[0], trouble.error);
        read_field(row[1], trouble.hint);
    }
}

} // namespace

void PostgresMirror::Impl::make_partitions()
{
    shared->has_made(
        session.transact("make partitions", [](Work& work) { return ensure_partitions(work, now()); }));
}

// For `simsync status`, which another process runs. Written only where it has changed.
void PostgresMirror::Impl::note_housekeeping(const std::vector<HousekeepingTrouble>& troubles)
{
    ArrayLiteral errors;
    ArrayLiteral hints;
    for (const auto& trouble : troubles)
    {
        errors.add(std::string_view(trouble.error));
        hints.add(std::string_view(trouble.hint));
    }
    session.transact(
        "note how housekeeping went",
        [&](Work& work)
        {
            work.exec_params(
                R"(
        update simsync.ledger l
           set housekeeping_troubles = now_found.troubles,
               housekeeping_since = case when now_found.troubles is null then null else coalesce(housekeeping_since, now()) end
          from (select jsonb_agg(jsonb_build_object('error', t.error, 'hint', t.hint)) as troubles
                  from unnest($2::text[], $3::text[]) as t (error, hint)) now_found
         where l.account = $1 and l.housekeeping_troubles is distinct from now_found.troubles)",
                account, errors.text(), hints.text());
        });
}

PostgresMirror::PostgresMirror(const std::string& url, std::string account, std::shared_ptr<SeenEvents> seen)
    : impl_(std::make_unique<Impl>(
          std::make_shared<WriterSession>(url), std::move(account), std::move(seen), Ring{}))
{
}

PostgresMirror::PostgresMirror(
    std::shared_ptr<WriterSession> session, std::string account, std::shared_ptr<SeenEvents> seen, Ring ring)
    : impl_(std::make_unique<Impl>(std::move(session), std::move(account), std::move(seen), std::move(ring)))
{
}

PostgresMirror::~PostgresMirror() = default;

bool PostgresMirror::try_lead(const std::string& endpoint)
{
    if (impl_->leads)
        return true;
    if (!impl_->lease.try_take("take the lease of account \"" + impl_->account + '"'))
        return false;
    const auto [stream_id, last_seq] = impl_->session.transact(
        "enter the leader of account \"" + impl_->account + '"',
        [&](Work& work)
        {
            auto entered =
                enter_leader(work, impl_->account, endpoint, impl_->seen->of(impl_->account), now());
            close_orphaned_sweep(work, impl_->account);
            return entered;
        });
    // Events that the ledger lacks were dealt with when the leader was entered: from here on only what it
    // holds counts as seen.
    impl_->seen->forget(impl_->account);
    impl_->seen->committed(impl_->account, stream_id, last_seq);
    impl_->stream_id = stream_id;
    // A partition that cannot be made now is no reason not to lead: writing an event fails if there is none
    // for it, and keep_partitions reports what holds it up.
    std::vector<HousekeepingTrouble> reported_later;
    if (!impl_->shared->months().contain(now()))
        tend(impl_->session, reported_later, [this] { impl_->make_partitions(); });
    impl_->leads = true;
    impl_->has_committed(last_seq);
    return true;
}

std::string PostgresMirror::leader()
{
    const auto record = account();
    if (!record.leader_host)
        return "nobody";
    return *record.leader_host + " (pid " + std::to_string(record.leader_pid.value_or(0)) + ')';
}

LedgerRecord PostgresMirror::account()
{
    auto record = impl_->session.transact(
        "read account \"" + impl_->account + '"',
        [&](Work& work) { return ledger_record(work, impl_->account); });
    impl_->seen->committed(impl_->account, record.stream_id, record.last_seq);
    return record;
}

bool PostgresMirror::load_fleet(Fleet& fleet, std::size_t most, LoadProgress& progress)
{
    return impl_->session.transact(
        "load the fleet of account \"" + impl_->account + '"',
        [&](Work& work)
        {
            const bool through = simsync::load_fleet(work, impl_->account, fleet, most, progress);
            if (through)
                end_loading(work, impl_->account);
            return through;
        });
}

std::vector<HousekeepingTrouble> PostgresMirror::keep_partitions(std::chrono::seconds retention)
{
    std::vector<HousekeepingTrouble> troubles;
    const auto each = [&](const std::string& doing, const auto& act)
    { tend(impl_->session, troubles, [&] { impl_->session.transact(doing, act); }); };
    const auto before = now() - retention;

    each(
        "make partitions",
        [&](Work& work) { ask_for_troubles(work, troubles, "make_partitions($1)", to_text(now())); });
    if (troubles.empty())
        tend(impl_->session, troubles, [this] { impl_->make_partitions(); });
    if (retention.count() > 0)
    {
        each(
            "drop the months that are older than the retention",
            [&](Work& work) { ask_for_troubles(work, troubles, "drop_months($1)", to_text(before)); });
        each(
            "delete the sweeps that are older than the retention",
            [&](Work& work) { drop_sweeps(work, impl_->account, before); });
    }
    each(
        "make the index of deadlines",
        [&](Work& work)
        {
            for (const auto& row : work.exec("select error, hint from simsync.make_index_of_deadlines()"))
                troubles.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
        });
    tend(impl_->session, troubles, [&] { impl_->note_housekeeping(troubles); });
    return troubles;
}

CountedConditions PostgresMirror::count_conditions(const std::string& after, std::size_t about)
{
    return impl_->session.transact(
        "count what stands of account \"" + impl_->account + '"',
        [&](Work& work) { return condition_counts(work, impl_->account, after, about); });
}

std::vector<SoonToChange> PostgresMirror::soon_to_change(Timestamp since, Timestamp until, std::size_t most)
{
    return impl_->session.transact(
        "look for SIMs of account \"" + impl_->account + "\" that are about to change",
        [&](Work& work) { return simsync::soon_to_change(work, impl_->account, since, until, most); });
}

void PostgresMirror::transact(const std::function<void(Transaction&)>& work)
{
    if (!impl_->leads)
        throw StoreDefect(
            "account \"" + impl_->account + "\" was to be written without its lease",
            "this is a defect of simsync: please report it");
    for (int failures = 0;;)
    {
        try
        {
            return impl_->attempt(work);
        }
        catch (const TransactionConflict&)
        {
            const auto pause = conflict_backoff.delay(++failures, chance());
            if (!pause)
                throw;
            std::this_thread::sleep_for(*pause);
        }
    }
}

} // namespace simsync
