// How the events of a NATS sink go: read some, have them published side by side, acknowledge what the stream
// holds, go back where it has lost some. Order and what follows a lost answer are the publisher's.
#include "io/clock.hpp"
#include "sink/sink.hpp"

namespace simsync
{

using boost::asio::awaitable;
using namespace std::chrono;

namespace
{

// While nothing is published: a stream that lost what it had acknowledged is mended so soon.
constexpr seconds look_interval{10};

} // namespace

// As deliver_next. What is not taken is published again as long as it is ours to do; each time it is looked
// whether it still is.
awaitable<bool> Sink::publish_next()
{
    std::size_t events = 0;
    const auto deliveries = co_await next_deliveries(events);
    if (deliveries.empty() && steady_clock::now() >= stream_look_due_)
    {
        // Where it does not answer, that is told once there is something to publish.
        if (const auto looked = co_await publish({}); looked.loss)
            co_return co_await go_back(*looked.loss);
    }
    std::span<const Delivery> rest = deliveries;
    for (int refusals = 0; !rest.empty() && goes_on();)
    {
        if (!co_await is_next())
        {
            stuck_.moved(rest.front().account);
            co_return true;
        }
        const auto published = co_await publish(rest);
        std::map<std::string, std::int64_t> done;
        for (const auto& delivery : rest.first(published.taken))
            for (const auto& [account, seq] : delivery.upto)
                done[account] = seq;
        co_await on_database([&] { consumer_->acknowledge(done, published.held); });
        for (const auto& [account, seq] : done)
            stuck_.acknowledged(account, seq);
        rest = rest.subspan(published.taken);
        if (published.loss)
            co_return co_await go_back(*published.loss);
        if (!published.refusal)
            continue;
        refusals = published.taken > 0 ? 1 : refusals + 1;
        stuck_.refused(
            rest.front().account, rest.front().seq, published.refusal->failure.what, steady_clock::now());
        co_await come_again(*published.refusal, refusals, way_past(rest.front().account));
    }
    if (rest.empty() && events > 0)
        observer_.delivered(static_cast<std::int64_t>(events));
    co_return events > 0;
}

// What the stream has lost is read once more, and published before anything else.
awaitable<bool> Sink::go_back(const StreamLoss& loss)
{
    const auto back = co_await on_database([&] { return consumer_->put_back(loss.held, loss.made); });
    if (!back.empty())
        observer_.put_back(loss.stream, back);
    co_return true;
}

awaitable<Published> Sink::publish(std::span<const Delivery> deliveries)
{
    std::optional<NatsCredentials> credentials;
    if (options_.secret)
    {
        const auto known = secret();
        if (!known)
            co_return Published{.refusal = Refusal{.failure = known.error()}};
        credentials = nats_credentials(*known);
        if (!credentials)
            co_return Published{
                .refusal = Refusal{
                    .failure = {
                        .kind = FailureKind::unauthorized,
                        .what = "what stands in the sink's secret_file is no login: neither a token, nor "
                                "user:password, nor a user's nkey seed, nor a .creds file"}}};
    }
    stream_look_due_ = steady_clock::now() + look_interval;
    co_return co_await nats_->publish(deliveries, std::move(credentials));
}

} // namespace simsync
