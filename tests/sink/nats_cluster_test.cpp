// What a stream with three copies holds after its servers were killed and hung while it was published into.
#include "sink/nats_publishing.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace simsync::test
{
namespace
{

// Publishes on a thread of its own as far as it may, and now and then begins anew at an older position, as
// one does that was killed before it noted its own. Goes back where the stream has lost something, as a sink.
class Publishing
{
public:
    Publishing(std::string url, std::span<const Delivery> all) : url_(std::move(url)), all_(all) {}

    void let_go_to(std::size_t upto)
    {
        allowed_ = upto;
        allowed_.notify_all();
    }

    void await(std::size_t position)
    {
        for (auto at = position_.load(); at < position; at = position_.load())
            position_.wait(at);
    }

    // Once all is published and the servers are well: until the stream lacks nothing.
    void settle()
    {
        thread_.join();
        NatsConnection connection{nats_options(url_)};
        NatsPublisher publisher{connection};
        publisher.remember(held_);
        for (auto looked = publisher.publish({}); looked.loss; looked = publisher.publish({}))
        {
            held_ = looked.loss->held;
            for (position_ = end_of(held_); position_ < all_.size();)
                publish_next(publisher);
        }
    }

private:
    void run(const std::stop_token& stop)
    {
        const std::stop_callback wakes{stop, [this] { let_go_to(all_.size() + 1); }};
        while (!stop.stop_requested() && position_ < all_.size())
        {
            NatsConnection connection{nats_options(url_)};
            NatsPublisher publisher{connection};
            publisher.remember(held_);
            for (int batches = 0; batches < 20 && !stop.stop_requested() && position_ < all_.size();
                 ++batches)
                publish_next(publisher);
            if (position_ < all_.size())
                position_ -= std::min<std::size_t>(position_, 150);
        }
    }

    void publish_next(NatsPublisher& publisher)
    {
        const auto position = position_.load();
        for (auto allowed = allowed_.load(); allowed <= position; allowed = allowed_.load())
            allowed_.wait(allowed);
        const auto upto = std::min(allowed_.load(), all_.size());
        const auto some = std::min<std::size_t>(upto - position, 300);
        auto published = publisher.publish(all_.subspan(position, some));
        published.held.merge(std::move(held_));
        held_ = published.loss ? published.loss->held : std::move(published.held);
        position_ = published.loss ? end_of(held_) : position + published.taken;
        position_.notify_all();
    }

    // Of a stream that holds no more than this.
    std::size_t end_of(const HeldEvents& held) const
    {
        std::size_t end = 0;
        for (const auto& [account, event] : held)
            end = std::max<std::size_t>(end, std::stoul(event.id.substr(event.id.find(':') + 1)));
        return end;
    }

    std::string url_;
    std::span<const Delivery> all_;
    HeldEvents held_;
    std::atomic<std::size_t> position_ = 0;
    std::atomic<std::size_t> allowed_ = 0;
    std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

class NatsCluster : public testing::Test
{
protected:
    NatsCluster() { servers.add_stream("SIM", "simsync.>"); }

    NatsServers servers{3};
};

// The servers of a stream with three copies are killed one after the other, its leader more often than not,
// in the middle of what is published.
TEST_F(NatsCluster, HoldsExactlyTheEventsInOrderWhoeverIsKilled)
{
    constexpr std::size_t deaths = 3;
    constexpr std::size_t each = 5000;
    const auto all = deliveries(1, deaths * each);
    Publishing publishing{servers.url(), all};
    for (std::size_t death = 0; death < deaths; ++death)
    {
        const auto leader = servers.leader("SIM");
        const auto victim = death == 1 ? (leader + 1) % 3 : leader;
        publishing.let_go_to((death + 1) * each);
        publishing.await(death * each + 600);
        servers.kill(victim);
        publishing.await((death + 1) * each); // by those that are left
        servers.start(victim);
        servers.await_all_current("SIM");
    }
    publishing.settle();
    EXPECT_EQ(stored_ids(servers), ids_of(all));
}

// A leader that hangs acknowledges nothing and closes nothing; when it wakes, what lies in its buffers has
// long been stored by another.
TEST_F(NatsCluster, HoldsExactlyTheEventsInOrderThoughALeaderHangs)
{
    const auto all = deliveries(1, 6000);
    Publishing publishing{servers.url(), all};
    const auto leader = servers.leader("SIM");
    publishing.let_go_to(3000);
    publishing.await(600);
    servers.freeze(leader);
    publishing.await(3000);
    servers.start(leader);
    publishing.let_go_to(6000);
    publishing.await(6000);
    servers.await_all_current("SIM");
    publishing.settle();
    EXPECT_EQ(stored_ids(servers), ids_of(all));
}

} // namespace
} // namespace simsync::test
