// The course of a crash test: a fleet changes, simsync mirrors it and is struck at a message, then it mirrors
// undisturbed, and the books must be as if nothing had been.
#pragma once

#include "crash/event_log_checker.hpp"
#include "crash/fleet_script.hpp"
#include "crash/points.hpp"
#include "harness/faulty_proxy.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace simsync::test
{

class Chapters : public testing::Test
{
protected:
    using Change = void (FleetScript::*)();

    Chapters(simulator::Server& api, std::string url) : url_(std::move(url)), script_(api), checker_(url_) {}

    // simsync's life until it has mirrored the fleet, through the proxy and undisturbed; true where it has.
    virtual bool live() = 0;
    // The same, to be struck at that message.
    virtual void be_struck(const CrashPoint& point) = 0;
    // Lets go of the lease.
    virtual void end() {}

    // Strikes once at each point of what follows each change; the changes come in turn, over and over.
    void strike_everywhere(const std::vector<Change>& changes)
    {
        settle();
        for (const auto change : changes)
            pass_undisturbed(change); // the first round differs from those after it
        std::vector<Chapter> chapters;
        for (const auto change : changes)
            chapters.push_back(pass_undisturbed(change));
        std::size_t points = 0;
        for (const auto& chapter : chapters)
            points = std::max(points, chapter.points.size());
        for (std::size_t i = 0; i < points; ++i)
            for (const auto& chapter : chapters)
                strike(chapter, chapter.points[i % chapter.points.size()]);
        // A run may be a row shorter than the one that was counted.
        EXPECT_GE(struck_ + 5 * chapters.size(), points * chapters.size());
    }

    FaultyProxy& proxy() noexcept { return proxy_; }
    const std::string& emitted() const noexcept { return emitted_; } // undisturbed, in all chapters

private:
    struct Chapter
    {
        Change change;
        std::vector<CrashPoint> points;
        std::string emitted;
    };

    // Until the lease is free, so that the next life takes it at its first try.
    void rest()
    {
        end();
        while (run_sql(
                   url_, "select count(*) from pg_locks where locktype = 'advisory' and database = "
                         "(select oid from pg_database where datname = current_database())") != "0")
            std::this_thread::yield();
    }

    void settle()
    {
        ASSERT_TRUE(live());
        rest();
        checker_.turn_page(account);
    }

    Chapter pass_undisturbed(Change change)
    {
        (script_.*change)();
        proxy_.count();
        EXPECT_TRUE(live());
        rest();
        EXPECT_GT(proxy_.passed(), 300U);
        Chapter chapter{change, crash_points(proxy_), checker_.emitted(account)};
        emitted_ += chapter.emitted + ' ';
        check("undisturbed");
        return chapter;
    }

    void strike(const Chapter& chapter, const CrashPoint& point)
    {
        (script_.*chapter.change)();
        be_struck(point);
        const auto where = text(point, proxy_);
        struck_ += proxy_.has_cut() ? 1 : 0;
        proxy_.count();
        EXPECT_TRUE(live()) << where;
        rest();
        EXPECT_EQ(checker_.emitted(account), chapter.emitted) << where;
        check(where);
    }

    void check(const std::string& where)
    {
        EXPECT_EQ(checker_.complaints(account), "") << where;
        EXPECT_EQ(checker_.mirror(account), script_.fleet()) << where;
        let_a_week_pass();
        checker_.turn_page(account);
    }

    // Whoever has just appeared or come back is not removed at once. The script runs without such pauses.
    void let_a_week_pass()
    {
        run_sql(url_, "update simsync.sim set first_seen_at = first_seen_at - interval '8 days'");
        run_sql(
            url_,
            "update simsync.change_event set observed_at = observed_at - interval '8 days',"
            " previous_observed_at = previous_observed_at - interval '8 days' where kind = 'sim.restored'");
    }

    const std::string account = "main";
    std::string url_;
    FaultyProxy proxy_{Cluster::shared()};
    FleetScript script_;
    EventLogChecker checker_;
    std::size_t struck_ = 0;
    std::string emitted_;
};

} // namespace simsync::test
