// Publishes events to a stream so that it holds each once and all in order, whatever becomes of servers and
// answers in between. No I/O of its own.
//
// Up to 256 are in flight, and each bears which event has to be the stream's last before it: so what comes
// behind a lost one is not stored either, and whatever still lies in some server's buffer can arrive when it
// likes. Where an answer is missing, the stream itself is asked for the last event that it holds of each
// account: what is in it is not published again, however long it was away. The first one behind such a look
// expects the stream to end where it did then.
#pragma once

#include "sink/delivery.hpp"
#include "sink/nats_stream.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace simsync
{

struct Published
{
    std::size_t taken = 0;          // of the deliveries, from the first on
    std::optional<Refusal> refusal; // why not all of them; none where it was told to stop
};

class NatsPublisher
{
public:
    // `stream` outlives it.
    explicit NatsPublisher(NatsStream& stream) : stream_(stream) {}

    // Until all are stored, one is refused, or the stream is silent: then it is for the caller to come again
    // with what is left. Those without a body count as taken.
    Published publish(std::span<const Delivery> deliveries);

    // Nothing new is published any more; what is in flight is waited for. From any thread.
    void stop() noexcept { stopping_ = true; }

private:
    using Pending = std::vector<const Delivery*>;
    struct Round;

    std::optional<Refusal> find_end(Pending& pending);
    bool publish_round(Pending& pending, std::optional<Refusal>& refusal);
    Round run_round(const Pending& pending);
    void fill(const Pending& pending, Round& round);
    NatsMessage message_of(const Pending& pending, std::size_t position) const;

    NatsStream& stream_;
    std::optional<ExpectedEnd> end_; // none: it is to be looked for
    std::uint64_t next_token_ = 1;
    std::atomic<bool> stopping_ = false;
};

} // namespace simsync
