// A whole sink between the change log and a stream: what the stream holds is what the table has.
#include "sink/sink.hpp"

#include "harness/cluster.hpp"
#include "harness/nats_servers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include <memory>
#include <mutex>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono;
using testing::HasSubstr;

// One instance's sink, on a thread of its own.
class Instance
{
public:
    Instance(const std::string& database_url, const std::string& nats_url)
        : sink_(
              io_.get_executor(), std::make_shared<SinkDatabase>(io_.get_executor(), database_url),
              options(nats_url), observer()),
          thread_([this] { run(); })
    {
    }

    ~Instance()
    {
        boost::asio::post(io_, [this] { sink_.stop(); });
        thread_.join();
    }

    void await_told(const std::string& what)
    {
        for (const auto end = steady_clock::now() + seconds{60}; told().find(what) == std::string::npos;)
        {
            if (steady_clock::now() > end)
                throw std::runtime_error("it never tells " + what + " but:\n" + told());
            std::this_thread::sleep_for(milliseconds{10});
        }
    }

    std::string told()
    {
        const std::scoped_lock lock{mutex_};
        return told_;
    }

private:
    static SinkOptions options(const std::string& nats_url)
    {
        SinkOptions options;
        options.name = "hub";
        options.type = SinkType::nats;
        options.url = nats_url;
        options.subject = "acme.sims";
        options.timeout = seconds{2};
        return options;
    }

    SinkObserver observer()
    {
        SinkObserver observer;
        observer.began = [this] { tell("began"); };
        observer.stands_by = [this] { tell("stands by"); };
        observer.delivered = [](std::int64_t) {};
        observer.refused = [this](const Refusal& refusal, const std::string& hint, const std::string&)
        { tell(refusal.failure.what + " HINT: " + hint); };
        observer.released = [](const std::string&) {};
        observer.gone = [this](const Refusal&, const std::string&) { tell("gone"); };
        observer.lost = [this](const ConsumerLost&) { tell("lost"); };
        observer.set_aside = [](const std::vector<RefusedAlert>&, std::size_t) {};
        observer.put_back = [this](const std::string& stream, const std::map<std::string, PutBack>& back)
        {
            for (const auto& [account, each] : back)
                tell(
                    stream + " lacks " + account + ':' + std::to_string(each.from) + ", back to " +
                    (each.to ? std::to_string(*each.to) : "nowhere"));
        };
        observer.failed = [this](const StoreError& error) { tell(error.what()); };
        return observer;
    }

    void tell(const std::string& what)
    {
        const std::scoped_lock lock{mutex_};
        told_ += what + '\n';
    }

    void run()
    {
        boost::asio::co_spawn(io_, sink_.run(), [this](const std::exception_ptr&) { io_.stop(); });
        io_.run();
    }

    boost::asio::io_context io_{1};
    std::mutex mutex_;
    std::string told_;
    Sink sink_;
    std::thread thread_;
};

class StreamSink : public testing::Test
{
protected:
    explicit StreamSink(std::size_t copies = 1) : servers(copies)
    {
        servers.add_stream("SIM", "acme.sims.>");
        run_sql(url, R"(
            select simsync.ensure_partitions(now());
            insert into simsync.ledger (account, endpoint) values ('main', 'http://a'), ('other', 'http://b'))");
    }

    // Which delivers from here on.
    std::unique_ptr<Instance> start() const
    {
        auto instance = std::make_unique<Instance>(url, servers.url());
        instance->await_told("began");
        return instance;
    }

    // So many events of each account, as the mirror writes them.
    void emit(int events)
    {
        run_sql(url, "with given (events) as (values (" + std::to_string(events) + R"()),
            next as (
                update simsync.ledger set last_seq = last_seq + events from given
                returning account, last_seq - events as seq, events)
            insert into simsync.change_event
                   (account, seq, kind, severity, sim, observed_at, recorded_at, after, cause)
            select account, next.seq + n, 'balance.changed', 'info', 's' || n % 50, now(), now(),
                   '{"balance": "4.90"}', 'sweep'
              from next, generate_series(1, next.events) n)");
        run_sql(url, "notify simsync_events");
        expected += events;
    }

    void await_caught_up()
    {
        for (const auto end = steady_clock::now() + seconds{90};
             run_sql(
                 url, "select bool_and(acked_seq = last_seq) from simsync.consumer join simsync.ledger using "
                      "(account)") != "t";)
        {
            if (steady_clock::now() > end)
                throw std::runtime_error("it never catches up");
            std::this_thread::sleep_for(milliseconds{20});
        }
    }

    // Of each account from the first to the last, each once and in order.
    void expect_the_table()
    {
        std::map<std::string, std::int64_t> last;
        for (const auto& message : servers.messages("SIM"))
        {
            const auto account = message.subject.substr(0, message.subject.find(".balance"));
            const auto seq = message.id.substr(message.id.rfind(':') + 1);
            EXPECT_THAT(message.body, HasSubstr("\"seq\":" + std::to_string(++last[account]) + ","));
            ASSERT_EQ(seq, std::to_string(last[account])) << message.subject;
        }
        EXPECT_THAT(
            last, testing::ElementsAre(
                      testing::Pair("acme.sims.main", expected), testing::Pair("acme.sims.other", expected)));
    }

    std::string url = Cluster::shared().mirror_database();
    NatsServers servers;
    std::int64_t expected = 0;
};

class ReplicatedStreamSink : public StreamSink
{
protected:
    ReplicatedStreamSink() : StreamSink(3) {}
};

TEST_F(StreamSink, HoldsWhatTheTableHas)
{
    const auto instance = start();
    emit(2500);
    await_caught_up();
    emit(1);
    await_caught_up();
    expect_the_table();
    EXPECT_EQ(instance->told(), "began\n");
}

TEST_F(StreamSink, WaitsForItsStreamAndSaysHowToMakeIt)
{
    servers.delete_stream("SIM");
    servers.add_stream("OTHER", "else.>");
    const auto instance = start();
    emit(10);
    instance->await_told("no stream has the subjects acme.sims.> HINT: ");
    instance->await_told("nats stream add ACME_SIMS --subjects 'acme.sims.>'");
    servers.add_stream("SIM", "acme.sims.>");
    await_caught_up();
    expect_the_table();
}

// Restored from a copy that is older than what it had acknowledged.
TEST_F(StreamSink, PublishesAgainWhatItsStreamHasLost)
{
    {
        const auto instance = start();
        emit(500);
        await_caught_up();
        emit(500);
        await_caught_up();
    }
    auto older = servers.messages("SIM");
    older.resize(1200); // 500 of each account, and more of one of them
    servers.delete_stream("SIM");
    servers.add_stream("SIM", "acme.sims.>");
    for (const auto& message : older)
        servers.publish(message);
    const auto another = start();
    another->await_told("SIM lacks other:1000, back to "); // of itself, in time
    await_caught_up();
    expect_the_table();
}

// Made anew by an operator who wants what is new.
TEST_F(StreamSink, GoesOnWhereItWasIntoAStreamThatWasMadeAnew)
{
    const auto instance = start();
    emit(20);
    await_caught_up();
    servers.delete_stream("SIM");
    servers.add_stream("SIM", "acme.sims.>");
    emit(1);
    await_caught_up();
    instance->await_told("SIM lacks main:20, back to nowhere");
    while (servers.count("SIM") < 2)
        std::this_thread::yield();
    EXPECT_EQ(servers.messages("SIM").at(0).id.substr(servers.messages("SIM").at(0).id.rfind(':')), ":21");
}

// Its leader is killed in the middle, and then the instance itself is replaced.
TEST_F(ReplicatedStreamSink, HoldsWhatTheTableHasThoughItsLeaderIsKilled)
{
    {
        const auto instance = start();
        emit(5000);
        while (servers.count("SIM") < 1000)
            std::this_thread::yield();
        const auto leader = servers.leader("SIM");
        servers.kill(leader);
        await_caught_up();
        servers.start(leader);
        emit(5000);
    }
    const auto another = start();
    await_caught_up();
    servers.await_all_current("SIM");
    expect_the_table();
}

} // namespace
} // namespace simsync::test
