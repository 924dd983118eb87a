// The writing connection: its bounds, its lease, its transactions. Calls store/connection, schema, pooler,
// transaction.
#include "simsync/store/mirror.hpp"

#include "simsync/model/backoff.hpp"
#include "store/account_rows.hpp"
#include "store/clock.hpp"
#include "store/connection.hpp"
#include "store/pooler.hpp"
#include "store/schema_check.hpp"
#include "store/session_lock.hpp"
#include "store/sim_rows.hpp"
#include "store/transaction.hpp"

#include <random>
#include <thread>

namespace simsync
{
namespace
{

// Pinned, so that no setting of a role or database can undo what simsync promises.
const std::string writer_settings = R"(
    set search_path = simsync, pg_temp;
    set timezone = 'UTC';
    set default_transaction_isolation = 'read committed';
    set default_transaction_read_only = off;
    set statement_timeout = 0;                         -- it would cut the first load of a large fleet
    set synchronous_commit = on;                       -- off: a crash would give numbers away a second time
    set jit = off;                                     -- compiling takes longer than any statement of ours
    set enable_hashjoin = off;                         -- rows are found by their key, one by one: for a few of them
    set enable_mergejoin = off;                        -- the planner would read the whole table
    set lock_timeout = '5s';
    set idle_in_transaction_session_timeout = '10s';   -- a process that is stopped in mid-transaction loses its lease
    set tcp_keepalives_idle = 4;                       -- and so does one whose host or network is gone, in 10 s
    set tcp_keepalives_interval = 2;
    set tcp_keepalives_count = 3)";

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
    Impl(const std::string& url, std::string name)
        : session(url, writer_settings),
          account(std::move(name)),
          lease(session, "simsync", account)
    {
        refuse_pooler(session, url);
        require_our_schema(session);
    }

    void attempt(const std::function<void(Transaction&)>& work);

    Connection session;
    const std::string account;
    // A lock of this very session: whoever loses the connection loses the right to write with it, and never
    // the one without the other.
    SessionLock lease;
    bool leads = false;
    Months months{}; // what the log has partitions for, as far as this connection has seen to it
};

void PostgresMirror::Impl::attempt(const std::function<void(Transaction&)>& work)
{
    Months seen = months; // partitions made in a transaction that fails are not there
    session.transact("write account \"" + account + '"',
                     [&](pqxx::work& open)
                     {
                         WritingTransaction transaction(open, account, seen);
                         work(transaction);
                         transaction.conclude();
                     });
    months = seen;
}

PostgresMirror::PostgresMirror(const std::string& url, std::string account)
    : impl_(std::make_unique<Impl>(url, std::move(account)))
{
}

PostgresMirror::~PostgresMirror() = default;

bool PostgresMirror::try_lead(const std::string& endpoint)
{
    if (impl_->leads)
        return true;
    if (!impl_->lease.try_take("take the lease of account \"" + impl_->account + '"'))
        return false;
    impl_->session.transact("enter the leader of account \"" + impl_->account + '"',
                            [&](pqxx::work& work)
                            {
                                enter_leader(work, impl_->account, endpoint);
                                close_orphaned_sweep(work, impl_->account);
                            });
    keep_partitions(std::chrono::seconds{0});
    impl_->leads = true;
    return true;
}

std::string PostgresMirror::leader()
{
    const auto record = account();
    if (!record.leader_host)
        return "nobody";
    return *record.leader_host + " (pid " + std::to_string(record.leader_pid.value_or(0)) + ')';
}

AccountRecord PostgresMirror::account()
{
    return impl_->session.transact("read account \"" + impl_->account + '"',
                                   [&](pqxx::work& work) { return account_record(work, impl_->account); });
}

Fleet PostgresMirror::load_fleet()
{
    return impl_->session.transact("load the fleet of account \"" + impl_->account + '"',
                                   [&](pqxx::work& work)
                                   { return simsync::load_fleet(work, impl_->account); });
}

std::int64_t PostgresMirror::next_sweep_id()
{
    return impl_->session.transact("number a sweep of account \"" + impl_->account + '"',
                                   [&](pqxx::work& work)
                                   { return simsync::next_sweep_id(work, impl_->account); });
}

void PostgresMirror::keep_partitions(std::chrono::seconds retention)
{
    impl_->months = impl_->session.transact("make partitions",
                                            [](pqxx::work& work) { return ensure_partitions(work, now()); });
    if (retention.count() > 0)
        impl_->session.transact("drop what is older than the retention", [&](pqxx::work& work)
                                { drop_history(work, impl_->account, now() - retention); });
}

std::optional<Timestamp> PostgresMirror::next_due(Timestamp now,
                                                  std::span<const std::chrono::seconds> warnings)
{
    return impl_->session.transact("look for deadlines of account \"" + impl_->account + '"',
                                   [&](pqxx::work& work)
                                   { return simsync::next_due(work, impl_->account, now, warnings); });
}

void PostgresMirror::transact(const std::function<void(Transaction&)>& work)
{
    if (!impl_->leads)
        throw StoreDefect("account \"" + impl_->account + "\" was to be written without its lease",
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

void PostgresMirror::beat()
{
    impl_->session.attempt(
        "hold the lease of account \"" + impl_->account + '"',
        [&] { pqxx::nontransaction(impl_->session.connection()).exec("set idle_session_timeout = '10s'"); });
}

} // namespace simsync
