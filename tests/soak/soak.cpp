// soak --seconds N [--seed K]: a fleet that changes, faults of all sorts, and at the end the reckoning.
// Prints how it is on the way. main → fault_injector → the harness.
#include "crash/event_log_checker.hpp"
#include "crash/fleet_lines.hpp"
#include "simulation/sanitized.hpp"
#include "simulator/churn.hpp"
#include "soak/fault_injector.hpp"
#include "soak/reckoning.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t sims = 5'000;
constexpr double share_of_faults = 0.03;
constexpr int changes_a_tick = 10;
constexpr auto tick = 200ms;
constexpr auto between_mischiefs = 20s; // long enough for a sweep or two to get through
constexpr auto between_lines = 10s;
constexpr std::size_t most_resident = 64 * 1024 * 1024 + 150 * sims;

struct Arguments
{
    std::chrono::seconds duration{600};
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
            throw std::invalid_argument("usage: soak --seconds N [--seed K]");
    }
    return arguments;
}

class Soak
{
public:
    explicit Soak(const Arguments& arguments)
        : arguments_(arguments),
          faults_(share_of_faults, arguments.seed),
          testbed_(sims, options(), cluster_),
          checker_(testbed_.url()),
          churn_(arguments.seed),
          service_((configure(), testbed_)),
          fault_injector_(testbed_, cluster_, service_, arguments.seed)
    {
    }

    // What is wrong at the end; empty: nothing.
    std::string run()
    {
        std::printf("   time   sweeps   events  memory  descriptors\n");
        const auto begin = SteadyClock::now();
        auto next_mischief = begin + between_mischiefs / 4;
        auto next_line = begin + between_lines;
        for (auto now = begin; now < begin + arguments_.duration; now = SteadyClock::now())
        {
            change();
            service_.lives().note(health_of(service_.id()));
            if (now >= next_line)
                print(now - begin), next_line += between_lines;
            if (now >= next_mischief)
                std::printf("%37s%s\n", "", std::string(fault_injector_.strike()).c_str()),
                    next_mischief = SteadyClock::now() + between_mischiefs;
            std::this_thread::sleep_for(tick);
        }
        print(SteadyClock::now() - begin);
        return reckoning();
    }

private:
    simulator::ServerOptions options()
    {
        simulator::ServerOptions options;
        options.service.on_request = [this](std::string_view, simulator::Fleet&)
        { return calm_ ? simulator::Fault::none : faults_.next(); };
        return options;
    }

    void configure()
    {
        testbed_.set("account", "sweep_interval", "\"1s\"");
        testbed_.set("account", "page_size", "500");
        testbed_.set("account", "request_timeout", "\"5s\"");
        testbed_.set("removal", "guard_minimum", "100");
    }

    void change()
    {
        testbed_.api().with_fleet(
            [this](simulator::Fleet& fleet)
            {
                const auto now =
                    std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
                for (int i = 0; i < changes_a_tick; ++i)
                    churn_.step(fleet, now);
            });
    }

    void print(SteadyClock::duration passed)
    {
        const auto health = health_of(service_.id());
        const auto counts =
            testbed_.sql("select format('%8s %8s', (select count(*) from simsync.sweep where outcome = "
                         "'complete'), (select last_seq from simsync.account))");
        std::printf(
            "%6lds %s %5.1fMiB %12zu\n",
            static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(passed).count()),
            counts.c_str(), static_cast<double>(health.resident) / 1024 / 1024, health.descriptors);
        std::fflush(stdout);
    }

    // Nothing changes any more: two whole sweeps later all must be as it is.
    std::string reckoning()
    {
        calm_ = true;
        const auto last = testbed_.sql("select coalesce(max(id), 0) from simsync.sweep");
        testbed_.await_sql(
            "select count(*) > 1 from simsync.sweep where outcome = 'complete' and id > " + last, "t");
        std::string complaints;
        if (service_.stop() != 0)
            complaints += "it did not end well:\n" + service_.log();
        complaints += differences(checker_.mirror("main"), fleet_lines(testbed_.api()));
        complaints += without_repetitions(checker_.complaints("main"));
        if (!simulation::sanitized) // a sanitizer's own memory is not ours
            complaints += service_.lives().complaints(most_resident);
        return complaints;
    }

    Arguments arguments_;
    std::atomic<bool> calm_ = false;
    simulator::RandomFaults faults_; // on the API's thread
    Cluster cluster_;
    Testbed testbed_;
    EventLogChecker checker_;
    simulator::Churn churn_;
    Service service_;
    FaultInjector fault_injector_;
};

} // namespace
} // namespace simsync::test

int main(int argc, char** argv)
{
    try
    {
        const auto complaints = simsync::test::Soak(simsync::test::understand(argc, argv)).run();
        std::puts(
            complaints.empty() ? "The mirror is the fleet, the log is whole, nothing grew."
                               : complaints.c_str());
        return complaints.empty() ? 0 : 1;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "soak: %s\n", error.what());
        return 70;
    }
}
