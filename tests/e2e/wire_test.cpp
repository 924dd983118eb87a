// What receivers put on the wire, and what a sink makes of it.
#include "e2e/sinks.hpp"

#include <csignal>
#include <future>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Answer
{
    std::string name;
    Reaction reaction;
};

std::string chunked(const std::string& status, const std::string& chunks)
{
    return "HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

const std::vector<Answer>& ways_of_taking_it()
{
    static const std::vector<Answer> ways{
        {"an empty body that says gzip", reply(200, "", "Content-Encoding: gzip\r\n")},
        {"204 that says gzip", {"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", Then::keep}},
        {"204 with a length", {"HTTP/1.1 204 No Content\r\nContent-Length: 12\r\n\r\n", Then::keep}},
        {"a body that is no gzip", reply(201, "thank you", "Content-Encoding: gzip\r\n")},
        {"br", reply(202, "\x0b\x02\x80ok\x03", "Content-Encoding: br\r\n")},
        {"a coding that nobody knows", reply(200, "ok", "Content-Encoding: x-own, gzip\r\n")},
        {"205 with a body", reply(205, "reset yourself")},
        {"206", reply(206, "a part", "Content-Range: bytes 0-5/100\r\n")},
        {"a status of one's own", {"HTTP/1.1 299 Whatever\r\nContent-Length: 0\r\n\r\n", Then::keep}},
        {"no reason", {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", Then::keep}},
        {"HTTP/1.0", {"HTTP/1.0 200 OK\r\n\r\nfine", Then::close}},
        {"a long body", reply(200, std::string(200'000, 'x'))},
        {"a body without end", {"HTTP/1.1 200 OK\r\n\r\n", Then::flood}},
        {"chunks without end", {chunked("202 Accepted", "2\r\nok\r\n"), Then::drip}},
        {"silence in its body", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", Then::silence}},
        {"bad chunks", {chunked("200 OK", "zz\r\nok"), Then::close}},
        {"two lengths",
         {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc", Then::close}},
        {"no header at all", {"HTTP/1.1 200 OK\r\nthis is no header\r\n\r\n", Then::close}},
        {"a cut body", {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc", Then::close}},
        {"a cut header", {"HTTP/1.1 200 OK\r\nContent-Le", Then::close}},
        {"a cut behind its status", {"HTTP/1.1 204", Then::close}},
        {"a reset behind its status", {"HTTP/1.1 200 OK\r\n", Then::reset}},
        {"an interim answer",
         {"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
          Then::keep}},
    };
    return ways;
}

void expect_once(const std::vector<Request>& requests, std::int64_t first, std::size_t events)
{
    ASSERT_EQ(requests.size(), events);
    for (std::size_t i = 0; i < events; ++i)
        EXPECT_EQ(seq_of(requests[i]), first + static_cast<std::int64_t>(i));
}

TEST_F(Sinks, TakeAny2xxForTakenWhateverStandsBehindIt)
{
    const auto before = std::stoll(testbed.sql("select last_seq from simsync.account"));
    add_webhook();
    testbed.set("sink", "timeout", "\"20s\"");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    std::size_t position = 0;
    for (const auto& way : ways_of_taking_it())
    {
        SCOPED_TRACE(way.name);
        receiver.refuse([&](const Request&) { return way.reaction; });
        block_and_wait(position++);
        testbed.await_sql(caught_up, "t");
        EXPECT_EQ(receiver.refused().size(), position);
    }
    expect_once(receiver.refused(), before + 1, ways_of_taking_it().size());
    EXPECT_THAT(daemon.err(), Not(HasSubstr("cannot deliver")));
}

TEST_F(Sinks, MindStatusAndRetryAfterOfARefusalWhoseBodyCannotBeRead)
{
    receiver.refuse([](const Request&)
                    { return reply(429, "no gzip", "Content-Encoding: gzip\r\nRetry-After: 1\r\n"); });
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block(1);
    EXPECT_THAT(daemon.await_err("cannot deliver"), HasSubstr("answers 429"));
    receiver.take();
    receiver.await_taken(1);
}

// --- the address

TEST_F(Sinks, KeepTheAddressAsItWasWrittenAndShowSchemeAndHostAlone)
{
    const std::string target = "/services/T0AB/B0CD/s3cr3tp4th/?token=t0k3nword";
    receiver.refuse([&](const Request& request)
                    { return reply(404, "there is nothing at " + request.path + " (s3cr3tp4…)"); });
    write_secret("pager.url", receiver.url(target));
    add_webhook();
    testbed.set("sink", "url_file", "\"pager.url\"");
    EXPECT_THAT(testbed.run({"check"}).err, HasSubstr("exclude each other"));
    testbed.set("sink", "url", "\"\"");
    Program daemon{
        testbed.folder(), "daemon", {"--config", testbed.config_file(), "--log-level", "trace", "run"}};
    EXPECT_THAT(daemon.await_err("sink pager delivers"), HasSubstr("to=" + receiver.url("")));
    block(1);
    daemon.await_err("cannot deliver");
    EXPECT_EQ(receiver.refused().front().path, target);
    std::string shown = daemon.err() + daemon.out() + http_get(http_port(daemon), "/metrics").body +
                        testbed.sql("select string_agg(e::text, ' ') from simsync.change_event e");
    for (const auto& command : {"check", "status", "events"})
    {
        const auto output = testbed.run({command});
        shown += output.out + output.err;
    }
    for (const auto& part : {"T0AB", "B0CD", "s3cr3t", "t0k3n", "/services"})
        EXPECT_THAT(shown, Not(HasSubstr(part)));
    EXPECT_THAT(daemon.err(), HasSubstr("not shown"));
    receiver.take();
    EXPECT_EQ(receiver.await_taken(1).front().path, target);
}

// --- turns and positions

const std::string end_the_sinks_session =
    "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and granted and "
    "objsubid = 2 and database = (select oid from pg_database where datname = current_database()) and "
    "classid::bigint = hashtext('simsync consumer')::bigint & 4294967295";

// Somebody who waits for the turn, and has it until the connection is ended.
const std::string take_the_sinks_turn =
    "select pg_advisory_lock(hashtext('simsync consumer'), hashtext('sink:pager')); select pg_sleep(600)";
const std::string end_who_took_it =
    "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like "
    "'%pg\\_sleep(600)' and pid <> pg_backend_pid()";

TEST_F(Sinks, DeliverNothingOfWhatTheyReadBeforeTheyLostTheirTurn)
{
    receiver.refuse([](const Request&) { return reply(503, "", "Retry-After: 1\r\n"); });
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    daemon.await_err("sink pager cannot deliver");
    const auto other = std::async(
        std::launch::async,
        [this]
        {
            try
            {
                testbed.sql(take_the_sinks_turn);
            }
            catch (const std::runtime_error&) // NOLINT(bugprone-empty-catch)
            {
                // It is ended below.
            }
        });
    testbed.await_sql("select count(*) from pg_locks where locktype = 'advisory' and not granted", "1");
    receiver.take();
    ASSERT_EQ(testbed.sql(end_the_sinks_session), "1"); // while it rests
    daemon.await_err("sink pager stands by");
    block_and_wait(2);
    EXPECT_THAT(receiver.taken(), testing::IsEmpty());
    EXPECT_EQ(testbed.sql(end_who_took_it), "1");
    receiver.await_taken(2);
    testbed.await_sql(caught_up, "t");
    const auto got = receiver.taken();
    ASSERT_EQ(got.size(), 2);
    EXPECT_LT(seq_of(got[0]), seq_of(got[1]));
}

TEST_F(Sinks, GoOnBehindAnEventThatIsNeverTakenOnceAPersonAcknowledgesIt)
{
    receiver.refuse([](const Request&) { return reply(422, "I cannot read this"); });
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    const auto seq = testbed.sql("select last_seq from simsync.account");
    const auto logged = daemon.await_err("cannot deliver");
    EXPECT_THAT(
        logged, AllOf(
                    HasSubstr("event " + seq + " of account"), HasSubstr("answers 422: I cannot read this"),
                    HasSubstr("simsync consumer skip sink:pager --account main")));
    testbed.await_sql("select stuck_seq from simsync.consumer", seq);
    EXPECT_THAT(
        testbed.run({"consumer", "list"}).out, AllOf(
                                                   HasSubstr("! STUCK at event " + seq + " for "),
                                                   HasSubstr("s: the receiver answers 422: I cannot read")));
    testbed.sql("select simsync.ack_events('sink:pager', 'main', " + seq + ")");
    EXPECT_THAT(testbed.run({"consumer", "list"}).out, Not(HasSubstr("STUCK"))) << "a person has acted";
    receiver.take();
    block_and_wait(2);
    EXPECT_EQ(seq_of(receiver.await_taken(1).front()), std::stoll(seq) + 1);
    testbed.await_sql(caught_up, "t");
    testbed.await_sql("select count(*) from simsync.consumer where stuck_seq is null", "1");
    EXPECT_THAT(daemon.err(), Not(HasSubstr("defect")));
}

// Whoever acknowledges while a delivery is under way has overtaken the sink's own acknowledgement.
TEST_F(Sinks, MindNoAcknowledgementThatIsAheadOfTheirOwn)
{
    receiver.refuse(
        [this](const Request& request)
        {
            testbed.sql(
                "select simsync.ack_events('sink:pager', 'main', " + std::to_string(seq_of(request)) + ")");
            return reply(204, "");
        });
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    for (std::size_t i = 0; i < 3; ++i)
    {
        block_and_wait(i);
        receiver.await_refused(i + 1); // side by side one would acknowledge what is behind another's
    }
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.refused().size(), 3);
    EXPECT_THAT(daemon.err(), Not(HasSubstr("cannot deliver")));
}

TEST_F(Sinks, StopWhereTheReceiverIsGoneForGoodUntilAReload)
{
    receiver.refuse([](const Request&) { return reply(410, "we have moved"); });
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    EXPECT_THAT(daemon.await_err("sink pager is down"), AllOf(HasSubstr("answers 410"), HasSubstr("reload")));
    EXPECT_THAT(
        http_get(http_port(daemon), "/metrics").body, HasSubstr("simsync_sink_down{sink=\"pager\"} 1"));
    testbed.await_sql("select count(*) from simsync.consumer where down_error like '%answers 410%'", "1");
    EXPECT_THAT(testbed.run({"status"}).out, HasSubstr("consumer sink:pager is DOWN"));
    EXPECT_THAT(
        http_get(http_port(daemon), "/readyz").body, HasSubstr("sink pager is down: its receiver is gone"));
    block_and_wait(2);
    EXPECT_EQ(receiver.refused().size(), 1);
    receiver.take();
    kill(daemon.process().id(), SIGHUP);
    const auto got = receiver.await_taken(2);
    EXPECT_LT(seq_of(got[0]), seq_of(got[1]));
    EXPECT_THAT(
        http_get(http_port(daemon), "/metrics").body, HasSubstr("simsync_sink_down{sink=\"pager\"} 0"));
}

} // namespace
} // namespace simsync::test
