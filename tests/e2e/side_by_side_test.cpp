// A webhook's events side by side and in batches: order within each SIM, nothing missing, whatever ends it.
#include "e2e/sinks.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <ranges>
#include <set>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

// What a receiver is told, in the order in which it was.
struct Told
{
    std::int64_t seq = 0;
    std::string sim;
    std::string id;
};

std::vector<Told> told_by(const Request& request)
{
    const auto body = json::parse(request.body);
    const json::array events = body.is_array() ? body.get_array() : json::array{body};
    std::vector<Told> all;
    for (const auto& event : events)
    {
        const auto& envelope = event.get_object();
        const auto* const sim = envelope.if_contains("subject");
        all.push_back(
            {event.at("data").at("seq").as_int64(), sim ? std::string(sim->as_string()) : "",
             std::string(event.at("id").as_string())});
    }
    return all;
}

class SideBySide : public Sinks
{
protected:
    // So many events of so many SIMs in turn, as the mirror writes them, each with its neighbours' SIMs.
    void emit(int events, int sims)
    {
        testbed.sql(
            "with next as (update simsync.ledger set last_seq = last_seq + " + std::to_string(events) +
            " returning account, last_seq - " + std::to_string(events) +
            " as seq) insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, "
            "recorded_at, after, cause) select account, next.seq + n, 'balance.changed', 'info', 's' || n "
            "% " +
            std::to_string(sims) +
            ", now(), now(), '{\"balance\": \"4.90\"}', 'sweep' from next, generate_series(1, " +
            std::to_string(events) + ") n");
        testbed.sql("notify simsync_events");
    }

    // Each answer takes its time; what was taken is written down.
    void take_slowly(std::chrono::milliseconds after)
    {
        receiver.refuse(
            [this, after](const Request& request)
            {
                note(request);
                auto taken = reply(204, "");
                taken.after = after;
                return taken;
            });
    }

    void note(const Request& request)
    {
        const std::scoped_lock lock(mutex);
        std::ranges::copy(told_by(request), std::back_inserter(told));
        came.notify_all();
    }

    void await_told(std::size_t events)
    {
        std::unique_lock lock(mutex);
        if (!came.wait_for(lock, 60s, [&] { return told.size() >= events; }))
            throw std::runtime_error("only " + std::to_string(told.size()) + " events were told");
    }

    std::size_t connections()
    {
        std::set<std::size_t> all;
        for (const auto& request : receiver.refused())
            all.insert(request.connection);
        return all.size();
    }

    std::vector<Told> all_told()
    {
        const std::scoped_lock lock(mutex);
        return told;
    }

    // Each SIM's events in order; a repetition begins no earlier than some event that was told before.
    static void expect_order_within_sims(const std::vector<Told>& all, std::int64_t crashes = 0)
    {
        std::map<std::string, std::vector<std::int64_t>> of_sim;
        for (const auto& each : all)
            of_sim[each.sim].push_back(each.seq);
        for (const auto& [sim, seqs] : of_sim)
            EXPECT_LE(
                std::ranges::count_if(
                    std::views::iota(std::size_t{1}, seqs.size()),
                    [&](auto i) { return seqs[i] <= seqs[i - 1]; }),
                crashes)
                << sim;
    }

    std::mutex mutex;
    std::condition_variable came;
    std::vector<Told> told;
};

TEST_F(SideBySide, AreEachSimsEventsInOrderAndOnce)
{
    take_slowly(20ms);
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    emit(600, 50);
    testbed.await_sql(caught_up, "t");
    const auto all = all_told();
    EXPECT_EQ(all.size(), 600);
    expect_order_within_sims(all);
    std::set<std::string> ids;
    for (const auto& each : all)
        ids.insert(each.id);
    EXPECT_EQ(ids.size(), 600);
    EXPECT_GT(connections(), 8) << "SIMs pass each other";
}

TEST_F(SideBySide, OfOneAtATimeAreInTheOrderOfTheLog)
{
    take_slowly(0ms);
    add_webhook();
    testbed.set("sink", "concurrency", "1");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    emit(100, 10);
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(all_told().size(), 100);
    EXPECT_TRUE(std::ranges::is_sorted(all_told(), {}, &Told::seq));
    EXPECT_EQ(connections(), 1);
}

TEST_F(SideBySide, LoseNothingByKill9AndRepeatUnderTheSameIds)
{
    take_slowly(5ms);
    add_webhook();
    std::size_t before = 0;
    {
        auto daemon = start();
        daemon.await_err("sink pager delivers");
        emit(2'000, 200);
        await_told(300);
        daemon.process().end(SIGKILL);
        before = all_told().size();
    }
    const auto position = std::stoll(testbed.sql("select acked_seq from simsync.consumer"));
    const auto last = std::stoll(testbed.sql("select last_seq from simsync.account"));
    EXPECT_LT(position, last) << "it was killed while it delivered";
    auto again = start("again");
    testbed.await_sql(caught_up, "t");
    const auto all = all_told();
    std::map<std::int64_t, std::set<std::string>> ids;
    for (const auto& each : all)
        ids[each.seq].insert(each.id);
    EXPECT_EQ(ids.size(), 2'000) << "nothing is missing";
    for (const auto& [seq, of_it] : ids)
        EXPECT_EQ(of_it.size(), 1) << seq;
    for (std::size_t i = 0; i < before; ++i)
        if (all[i].seq <= position)
            EXPECT_EQ(std::ranges::count(all, all[i].seq, &Told::seq), 1) << "acknowledged, and told again";
    expect_order_within_sims(all, 1);
}

TEST_F(SideBySide, HoldTheSimOfAnEventThatIsNeverTakenUntilItIsSkipped)
{
    const auto first = std::stoll(testbed.sql("select last_seq + 1 from simsync.account"));
    receiver.refuse(
        [&](const Request& request)
        {
            if (seq_of(request) == first + 3)
                return reply(422, "I cannot read this");
            note(request);
            return reply(204, "");
        });
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    emit(100, 10);
    EXPECT_THAT(
        daemon.await_err("cannot deliver"),
        AllOf(
            HasSubstr("event " + std::to_string(first + 3) + " of account"), HasSubstr("answers 422"),
            HasSubstr("simsync consumer skip sink:pager --account main")));
    await_told(90); // those of the other nine SIMs
    testbed.await_sql("select acked_seq from simsync.consumer", std::to_string(first + 2));
    EXPECT_EQ(testbed.run({"consumer", "skip", "sink:pager", "--yes"}).code, 0);
    testbed.await_sql(caught_up, "t");
    daemon.await_err("sink pager delivers again");
    const auto all = all_told();
    EXPECT_EQ(all.size(), 99) << "nothing twice, and all but the one that was skipped";
    expect_order_within_sims(all);
    EXPECT_EQ(occurrences(daemon.err(), "cannot deliver"), 1);
}

TEST_F(SideBySide, AreBatchesWhereItIsToldAndARefusedOneIsSifted)
{
    const auto first = std::stoll(testbed.sql("select last_seq + 1 from simsync.account"));
    std::set<std::string> types;
    std::set<std::string> ids;
    receiver.refuse(
        [&](const Request& request)
        {
            const auto events = told_by(request);
            for (const auto& each : events)
                if (each.seq == first + 33)
                    return reply(413, "too large");
            note(request);
            const std::scoped_lock lock(mutex);
            types.insert(header_of(request, "Content-Type"));
            ids.insert(header_of(request, "webhook-id"));
            return reply(204, "");
        });
    add_webhook();
    testbed.set("sink", "batch", "50");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    emit(1'000, 100);
    EXPECT_THAT(
        daemon.await_err("cannot deliver"), HasSubstr("event " + std::to_string(first + 33) + " of account"));
    await_told(990); // nine events more of its SIM wait
    testbed.await_sql("select acked_seq from simsync.consumer", std::to_string(first + 32));
    EXPECT_EQ(testbed.run({"consumer", "skip", "sink:pager", "--yes"}).code, 0);
    testbed.await_sql(caught_up, "t");
    const auto all = all_told();
    EXPECT_EQ(all.size(), 999);
    expect_order_within_sims(all);
    EXPECT_THAT(types, testing::ElementsAre("application/cloudevents-batch+json"));
    EXPECT_LT(ids.size(), 60) << "of 1,000 events";
}

// However many sinks there are, and whoever of them is at work.
TEST_F(SideBySide, ShareOneConnectionWhichIsLostForAllAndToldOfOnce)
{
    add_webhook();
    testbed.add_sink("second", receiver.url("/second"));
    testbed.add_sink("third", receiver.url("/third"));
    auto daemon = start();
    for (const auto* const name : {"pager", "second", "third"})
        daemon.await_err("sink " + std::string(name) + " delivers");
    const std::string sessions = "from pg_stat_activity where pid in (select pid from pg_locks where "
                                 "locktype = 'advisory' and granted "
                                 "and classid::bigint = hashtext('simsync consumer')::bigint & 4294967295)";
    EXPECT_EQ(testbed.sql("select count(*) " + sessions), "1");
    block_and_wait(1);
    receiver.await_taken(3);
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(testbed.sql("select count(pg_terminate_backend(pid)) " + sessions), "1");
    block_and_wait(2);
    receiver.await_taken(6);
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(testbed.sql("select count(*) " + sessions), "1");
    EXPECT_EQ(receiver.taken().size(), 6);
    EXPECT_EQ(occurrences(daemon.err(), "cannot deliver"), 1);
}

} // namespace
} // namespace simsync::test
