// A server that lacks events takes over, and simsync is struck at each message of the lead that finds it out:
// account.events_lost is there once all the same, as the first event of the new stream.
#include "crash/points.hpp"
#include "store/mirror_test.hpp"

#include <thread>

namespace simsync::test
{
namespace
{

const std::string endpoint = "https://api.example";

class Losses : public testing::Test
{
protected:
    // What an instance remembers of the account's events.
    using Memory = std::shared_ptr<SeenEvents>;

    // The server lets go of the lease of the dead a moment later.
    static void lead(PostgresMirror& mirror)
    {
        while (!mirror.try_lead(endpoint))
            std::this_thread::yield();
    }

    std::string sql(const std::string& statement) const { return run_sql(url, statement); }

    // Events are told that the server does not have when it comes back, as after an asynchronous failover.
    void lose_events(const Memory& memory)
    {
        PostgresMirror mirror(url, "main", memory);
        lead(mirror);
        kept = mirror.account().last_seq;
        stream = mirror.account().stream_id;
        for (const auto* sim : {"1", "2", "3"})
            mirror.transact([sim](Transaction& transaction)
                            { transaction.append(std::vector{event(Kind::sim_added, sim)}); });
        sql("delete from simsync.change_event where seq > " + std::to_string(kept));
        sql("update simsync.ledger set last_seq = " + std::to_string(kept));
    }

    void lead_by_proxy(const Memory& memory)
    {
        PostgresMirror mirror(proxy.url_of(url), "main", memory);
        lead(mirror);
    }

    // The process is struck there, and dies or not; `memory` is that of whoever leads next.
    void strike(const CrashPoint& point, const Memory& struck, const Memory& successor)
    {
        proxy.cut_at(point.number, point.side);
        try
        {
            lead_by_proxy(struck);
        }
        catch (const DatabaseUnavailable&)
        {
        }
        has_struck += proxy.has_cut() ? 1 : 0;
        PostgresMirror mirror(url, "main", successor);
        lead(mirror);
        mirror.transact([](Transaction& transaction)
                        { transaction.append(std::vector{event(Kind::sim_added, "4")}); });
    }

    // Behind what was kept: the loss, once, and what came then.
    void expect_told_once(const std::string& where) const
    {
        const auto first = std::to_string(kept + 1);
        EXPECT_EQ(
            sql("select string_agg(seq || ' ' || kind, ', ' order by seq) from simsync.change_event where "
                "seq > " +
                std::to_string(kept)),
            first + " account.events_lost, " + std::to_string(kept + 2) + " sim.added")
            << where;
        EXPECT_EQ(
            sql("select concat_ws(' ', before ->> 'stream_id', after ->> 'stream_id' = (select "
                "stream_id::text from "
                "simsync.ledger), after ->> 'first_lost', after ->> 'last_lost') from simsync.change_event "
                "where seq = " +
                first),
            stream + " t " + first + ' ' + std::to_string(kept + 3))
            << where;
        EXPECT_EQ(
            sql("select count(*) from simsync.numbering where reason = 'lost' and after_seq = " +
                std::to_string(kept)),
            "1")
            << where;
    }

    std::vector<CrashPoint> points_of_a_lead()
    {
        const auto memory = std::make_shared<SeenEvents>();
        lose_events(memory);
        proxy.count();
        lead_by_proxy(memory);
        EXPECT_EQ(
            sql("select kind from simsync.change_event order by seq desc limit 1"), "account.events_lost");
        return crash_points(proxy);
    }

    const std::string url = Cluster::shared().mirror_database();
    FaultyProxy proxy{Cluster::shared()};
    std::int64_t kept = 0; // the last event that is left
    std::string stream;    // of those that are lost
    std::size_t has_struck = 0;
};

TEST_F(Losses, AreToldOnceWhereTheConnectionIsCutAtAnyMessageOfTheLead)
{
    const auto points = points_of_a_lead();
    for (const auto& point : points)
    {
        const auto memory = std::make_shared<SeenEvents>();
        lose_events(memory);
        strike(point, memory, memory);
        expect_told_once(text(point, proxy));
    }
    EXPECT_GE(has_struck + 2, points.size()) << "behind its farewell a connection ends by itself";
}

// Dead, it has told or it has not; an instance that stood by has seen as much, and finds out which.
TEST_F(Losses, AreToldOnceWhereTheLeaderIsKilledAtAnyMessageAndAnotherInstanceHasSeenAsMuch)
{
    const auto points = points_of_a_lead();
    for (const auto& point : points)
    {
        const auto memory = std::make_shared<SeenEvents>();
        lose_events(memory);
        const auto other = std::make_shared<SeenEvents>();
        other->committed("main", stream, memory->of("main").committed);
        strike(point, memory, other);
        expect_told_once(text(point, proxy));
    }
    EXPECT_GE(has_struck + 2, points.size()) << "behind its farewell a connection ends by itself";
}

} // namespace
} // namespace simsync::test
