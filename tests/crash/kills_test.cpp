// `simsync sync` is killed (SIGKILL) before and after each message that it exchanges with PostgreSQL; then it
// is started again.
#include "crash/chapters.hpp"
#include "e2e/testbed.hpp"

#include <csignal>
#include <future>
#include <sys/wait.h>

namespace simsync::test
{
namespace
{

constexpr int try_again = 75;

// A base, so that it is there before the chapters begin.
struct SmallTestbed
{
    Testbed testbed{FleetScript::sims};
};

// Returns when it is dead: not one instruction of it comes after.
void kill_at_once(pid_t process)
{
    kill(process, SIGKILL);
    siginfo_t ended{};
    waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOWAIT);
}

class Kills : SmallTestbed, public Chapters
{
protected:
    Kills() : Chapters(testbed.api(), testbed.url())
    {
        const auto url = Cluster::shared().as_member_of("simsync_writer", testbed.url());
        testbed.set("database", "url", '"' + proxy().url_of(url) + '"');
        testbed.set("account", "page_size", "8");
        testbed.set("account", "concurrency", "1");
        testbed.set("removal", "guard_fraction", std::to_string(FleetScript::guard_fraction));
        testbed.set("removal", "guard_minimum", std::to_string(FleetScript::guard_minimum));
        testbed.set("alert", "balance_low", FleetScript::balance_low);
    }

    // The server lets go of the lease of the dead a moment later.
    bool live() override
    {
        Result result;
        do
            result = testbed.run({"sync"});
        while (result.code == try_again);
        EXPECT_EQ(result.code, 0) << result.err;
        return result.code == 0;
    }

    void be_struck(const CrashPoint& point) override
    {
        std::promise<pid_t> started;
        proxy().cut_at(
            point.number, point.side,
            [process = started.get_future().share()] { kill_at_once(process.get()); });
        Program program(testbed.folder(), "struck", {"--config", testbed.config_file(), "sync"});
        started.set_value(program.process().id());
        const int code = program.process().wait();
        const auto where = text(point, proxy());
        // Behind its farewell the program ends by itself, and may be quicker than the kill.
        if (code != 0 || where.find("> Terminate") == std::string::npos)
            EXPECT_EQ(code, proxy().has_cut() ? 128 + SIGKILL : 0) << where << program.err();
    }
};

TEST_F(Kills, AtEveryMessageOfASweepFullOfChangesLoseNothingAndTellNothingTwice)
{
    strike_everywhere({&FleetScript::next_round});
    EXPECT_THAT(emitted(), testing::HasSubstr("tariff.expired tariff.expiry_changed tariff.renewed"));
}

TEST_F(Kills, AtEveryMessageOfAWaveOfRemovalsHoldAndReleaseItOnce)
{
    strike_everywhere({&FleetScript::lose_many, &FleetScript::return_many});
    EXPECT_THAT(emitted(), testing::EndsWith("account.removals_held account.removals_released "));
}

} // namespace
} // namespace simsync::test
