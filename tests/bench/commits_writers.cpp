#include "bench/commits_writers.hpp"

#include "harness/cluster.hpp"
#include "io/clock.hpp"
#include "postgres/connection.hpp"
#include "store/mirror.hpp"
#include "store/writer_session.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <latch>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace simsync::bench
{
namespace
{

using namespace std::chrono_literals;

constexpr auto between_rings = 50ms; // the daemon's

// Rings for what was committed meanwhile.
class Ringer
{
public:
    explicit Ringer(const std::string& url) : session_(url) {}

    void add(const std::string& account, std::int64_t seq)
    {
        const std::lock_guard lock{mutex_};
        pending_[account] = seq;
    }

    // For all that was added by now.
    void ring_pending()
    {
        NewestEvents newest;
        {
            const std::lock_guard lock{mutex_};
            newest = std::exchange(pending_, {});
        }
        ring(session_, newest);
    }

    void run(const std::stop_token& stop)
    {
        std::mutex waiting;
        std::condition_variable_any turn;
        for (std::unique_lock lock{waiting}; !stop.stop_requested(); ring_pending())
            turn.wait_for(lock, stop, between_rings, [] { return false; });
    }

private:
    Connection session_;
    std::mutex mutex_;
    NewestEvents pending_;
};

// One account, of one SIM whose balance changes with each commit.
class Account
{
public:
    Account(std::shared_ptr<WriterSession> session, std::string name, Ring ring)
        : mirror_(std::move(session), std::move(name), std::make_shared<SeenEvents>(), std::move(ring))
    {
        observed_.sim.id = "1001";
        if (!mirror_.try_lead("https://api.example"))
            throw std::runtime_error("an account of the bench is led by somebody else");
        mirror_.transact(
            [&](Transaction& transaction)
            {
                const std::vector<SimToWrite> sims{{observed_, {}, system_now()}};
                transaction.insert(sims);
            });
    }

    // What a sweep that finds one SIM changed commits.
    void commit()
    {
        Event changed;
        changed.kind = Kind::balance_changed;
        changed.sim = observed_.sim.id;
        changed.observed_at = system_now();
        changed.before = {{"balance", balance_}};
        balance_ = balance_ + one_;
        changed.after = {{"balance", balance_}};
        observed_.sim.balance = balance_;
        mirror_.transact(
            [&](Transaction& transaction)
            {
                transaction.load(std::vector{observed_.sim.id});
                const std::vector<SimToWrite> sims{{observed_, {}, changed.observed_at}};
                transaction.update(sims);
                last_seq_ = transaction.append(std::vector{changed});
            });
    }

    std::int64_t last_seq() const noexcept { return last_seq_; }

private:
    PostgresMirror mirror_;
    ObservedSim observed_;
    const Money one_ = Money::parse("1").value();
    Money balance_;
    std::int64_t last_seq_ = 0;
};

// Rings in the transaction itself, when its events are numbered.
constexpr const char* notify_in_each_commit = R"(
    create function public.notify_of_events() returns trigger language plpgsql as $$
    begin
        perform pg_notify('simsync_events', new.account || ':' || new.last_seq);
        return null;
    end $$;
    create trigger notifies after update of last_seq on simsync.ledger
        for each row execute function public.notify_of_events())";

std::string name_of(std::size_t account)
{
    return "account" + std::to_string(account);
}

} // namespace

struct Writers::Impl
{
    void write(const std::stop_token& stop, const std::string& url, std::size_t first, std::size_t step);

    // Notes what it throws.
    template<class Act>
    void attempt(Act&& act)
    try
    {
        act();
    }
    catch (...)
    {
        const std::lock_guard lock{mutex};
        failure = std::current_exception();
    }

    std::size_t accounts = 0;
    Ring ring_for;
    std::unique_ptr<Ringer> ringer; // none: they notify themselves
    std::atomic<std::uint64_t> commits = 0;
    std::unique_ptr<std::latch> ready;
    std::mutex mutex; // of what follows
    std::exception_ptr failure;
    NewestEvents newest;
    std::jthread ringing;
    std::list<std::jthread> lanes;
};

// A lane: its accounts in turn.
void Writers::Impl::write(
    const std::stop_token& stop, const std::string& url, std::size_t first, std::size_t step)
{
    std::map<std::string, Account> mine;
    attempt(
        [&]
        {
            const auto session = std::make_shared<WriterSession>(url);
            for (auto i = first; i < accounts; i += step)
                mine.try_emplace(name_of(i), session, name_of(i), ring_for);
        });
    ready->arrive_and_wait();
    attempt(
        [&]
        {
            while (!stop.stop_requested())
                for (auto& [name, account] : mine)
                {
                    account.commit();
                    ++commits;
                }
        });
    const std::lock_guard lock{mutex};
    for (const auto& [name, account] : mine)
        newest[name] = account.last_seq();
}

Writers::Writers(const std::string& url, std::size_t accounts, std::size_t lanes, Notifies how)
    : impl_(std::make_unique<Impl>())
{
    impl_->accounts = accounts;
    impl_->ready = std::make_unique<std::latch>(static_cast<std::ptrdiff_t>(lanes) + 1);
    if (how == Notifies::in_each_commit)
    {
        test::run_sql(url, notify_in_each_commit);
        impl_->ring_for = [](const std::string&, std::int64_t) {};
    }
    else
    {
        impl_->ringer = std::make_unique<Ringer>(url);
        impl_->ring_for = [impl = impl_.get()](const std::string& account, std::int64_t seq)
        { impl->ringer->add(account, seq); };
        impl_->ringing = std::jthread{[impl = impl_.get()](const std::stop_token& stop)
                                      { impl->attempt([&] { impl->ringer->run(stop); }); }};
    }
    for (std::size_t lane = 0; lane < lanes; ++lane)
        impl_->lanes.emplace_back([impl = impl_.get(), url, lane, lanes](const std::stop_token& stop)
                                  { impl->write(stop, url, lane, lanes); });
    impl_->ready->arrive_and_wait();
}

Writers::~Writers() = default;

std::uint64_t Writers::commits() const
{
    const std::lock_guard lock{impl_->mutex};
    if (impl_->failure)
        std::rethrow_exception(impl_->failure);
    return impl_->commits;
}

NewestEvents Writers::stop()
{
    for (auto& lane : impl_->lanes)
        lane.request_stop();
    impl_->lanes.clear();
    impl_->ringing = {};
    if (impl_->ringer)
        impl_->ringer->ring_pending();
    commits(); // or what has failed
    return impl_->newest;
}

} // namespace simsync::bench
