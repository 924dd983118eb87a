// soak_patroni --seconds N [--seed K]: a fleet that changes, mirrored into two PostgreSQL nodes under
// Patroni, one of which fails over and over; and at the end the reckoning. For the first half of the time
// replication is synchronous, then it is not. Prints what each failover cost. main → patroni, consumer, the
// harness.
#include "crash/event_log_checker.hpp"
#include "crash/fleet_lines.hpp"
#include "simulator/churn.hpp"
#include "soak/consumer.hpp"
#include "soak/fault_injector.hpp"
#include "soak/patroni.hpp"
#include "soak/reckoning.hpp"

#include <atomic>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t sims = 3'000;
constexpr int changes_a_tick = 10;
constexpr auto tick = 200ms;
constexpr auto patience = 180s; // on a busy machine
constexpr auto lag = 2s;        // of a standby that lacks events when it is promoted

struct Arguments
{
    std::chrono::seconds duration{300};
    unsigned seed = 1;
};

Arguments understand(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i + 1 < argc; i += 2)
    {
        const std::string name = argv[i];
        if (name == "--seconds")
            arguments.duration = std::chrono::seconds(std::stoul(argv[i + 1]));
        else if (name == "--seed")
            arguments.seed = static_cast<unsigned>(std::stoul(argv[i + 1]));
        else
            throw std::invalid_argument("usage: soak_patroni --seconds N [--seed K]");
    }
    return arguments;
}

// Changes the fleet all the time.
class Changes
{
public:
    Changes(simulator::Server& api, unsigned seed) : api_(api), churn_(seed), thread_([this] { run(); }) {}
    ~Changes() { end(); }
    Changes(const Changes&) = delete;
    Changes& operator=(const Changes&) = delete;

    void end()
    {
        ending_ = true;
        if (thread_.joinable())
            thread_.join();
    }

private:
    void run()
    {
        for (; !ending_; std::this_thread::sleep_for(tick))
            api_.with_fleet(
                [this](simulator::Fleet& fleet)
                {
                    const auto now =
                        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
                    for (int i = 0; i < changes_a_tick; ++i)
                        churn_.step(fleet, now);
                });
    }

    simulator::Server& api_;
    simulator::Churn churn_;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

class Soak
{
public:
    explicit Soak(const Arguments& arguments)
        : arguments_(arguments),
          testbed_(sims),
          checker_((set_up(), url_)),
          service_(testbed_),
          consumer_((sweep_twice(), url_)),
          changes_(testbed_.api(), arguments.seed)
    {
    }

    // What is wrong at the end; empty: nothing.
    std::string run()
    {
        std::printf("   time  without a commit\n");
        const auto half = arguments_.duration / 2;
        fail_over_until(begin_ + half);
        patroni_.set_synchronous(false);
        std::printf("%6lds replication is asynchronous from here on\n", passed());
        fail_over_until(begin_ + arguments_.duration);
        return reckoning();
    }

private:
    struct Deed
    {
        const char* name;
        std::function<void(Patroni&)> act;
    };

    void set_up()
    {
        run_sql(patroni_.url("postgres"), "create database simsync");
        testbed_.set("database", "url", '"' + url_ + '"');
        testbed_.set("account", "sweep_interval", "\"1s\"");
        testbed_.set("removal", "guard_minimum", "1000");
        if (const auto migrated = testbed_.run({"migrate"}); migrated.code != 0)
            throw std::runtime_error(migrated.err);
    }

    // All of them, and over again until the time has come.
    void fail_over_until(SteadyClock::time_point end)
    {
        const std::vector<Deed> deeds{
            {"the primary is killed", [](Patroni& patroni) { patroni.kill_primary(); }},
            {"a switchover", [](Patroni& patroni) { patroni.switch_over(); }},
            {"etcd is stopped for 15 s", [](Patroni& patroni) { patroni.stop_etcd(); }},
            {"the primary's PostgreSQL is killed", [](Patroni& patroni) { patroni.crash_postgres(); }}};
        do
        {
            for (const auto& deed : deeds)
                strike(deed);
            if (!patroni_.is_synchronous())
                strike({"the primary is killed, its standby 2 s behind", [](Patroni& patroni) {
                            patroni.kill_primary(lag);
                        }});
        } while (SteadyClock::now() < end);
    }

    // What it cost: how long no event was written from its begin until sweeps get through again.
    void strike(const Deed& deed)
    {
        const auto began = ask("select now()");
        deed.act(patroni_);
        sweep_twice();
        const auto cost =
            ask("select round(extract(epoch from max(gap))::numeric, 1) from (select recorded_at - "
                "lag(recorded_at) over (order by seq) as gap, recorded_at from simsync.change_event) each "
                "where recorded_at > '" +
                began + "'");
        std::printf("%6lds %8s s  %s\n", passed(), cost.c_str(), deed.name);
        std::fflush(stdout);
    }

    // Until two more sweeps are complete, or nobody will say that it works.
    void sweep_twice()
    {
        const auto last = ask("select coalesce(max(id), 0) from simsync.sweep");
        const auto twice =
            "select count(*) > 1 from simsync.sweep where outcome = 'complete' and id > " + last;
        for (const auto end = SteadyClock::now() + patience; ask(twice) != "t";
             std::this_thread::sleep_for(5ms))
            if (SteadyClock::now() > end)
                throw std::runtime_error("there are no two sweeps after sweep " + last);
    }

    // A primary that has just been struck may break off.
    std::string ask(const std::string& sql) const
    {
        for (const auto end = SteadyClock::now() + patience;; std::this_thread::sleep_for(100ms))
        {
            try
            {
                return run_sql(url_, sql);
            }
            catch (const std::runtime_error&)
            {
                if (SteadyClock::now() > end)
                    throw;
            }
        }
    }

    // Nothing changes any more: two whole sweeps later all must be as it is.
    std::string reckoning()
    {
        changes_.end();
        sweep_twice();
        std::string complaints;
        if (service_.stop() != 0)
            complaints += "it did not end well:\n" + service_.log();
        complaints += differences(checker_.mirror("main"), fleet_lines(testbed_.api()));
        complaints += without_repetitions(checker_.complaints("main"));
        complaints += consumer_.complaints();
        std::printf(
            "%zu events read, and %d times told that some were lost: %s\n", consumer_.read(),
            consumer_.told_of_losses(),
            ask("select coalesce(string_agg(format('%s to %s', after_seq + 1, lost_upto), ', ' order "
                "by step), 'none') from simsync.numbering where reason = 'lost'")
                .c_str());
        return complaints;
    }

    long passed() const
    {
        return static_cast<long>(
            std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - begin_).count());
    }

    Arguments arguments_;
    Patroni patroni_;
    const std::string url_ = patroni_.url("simsync");
    Testbed testbed_;
    EventLogChecker checker_;
    Service service_;
    RememberingConsumer consumer_;
    Changes changes_;
    const SteadyClock::time_point begin_ = SteadyClock::now();
};

} // namespace
} // namespace simsync::test

int main(int argc, char** argv)
{
    try
    {
        const auto complaints = simsync::test::Soak(simsync::test::understand(argc, argv)).run();
        std::puts(
            complaints.empty() ? "The mirror is the fleet, the log is whole, and what was lost was told."
                               : complaints.c_str());
        return complaints.empty() ? 0 : 1;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "soak_patroni: %s\n", error.what());
        return 70;
    }
}
