// Publishes events to a stream so that it holds each once and all in order, whatever becomes of servers and
// answers in between. No I/O of its own.
//
// Up to 256 are in flight, and each bears which event has to be the stream's last before it: so what comes
// behind a lost one is not stored either, and whatever still lies in some server's buffer can arrive when it
// likes. Where an answer is missing, the stream itself is asked for the last event that it holds of each
// account: what is in it is not published again, however long it was away. The first one behind such a look
// expects the stream to end where it did then.
//
// A stream can lose what it has acknowledged: a server that was killed comes to lead before it has caught up
// (2.9 does so), or is restored. So with each look for the end, and where it is asked to, it looks whether
// the newest event that was acknowledged is still in its place. Nothing is published behind such a gap: it is
// for the caller to go back to where the stream ends.
#pragma once

#include "sink/delivery.hpp"
#include "sink/nats_stream.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace simsync
{

// The stream lacks events that it had acknowledged.
struct StreamLoss
{
    std::string stream;
    std::int64_t made = 0; // when it was made, as HeldEvent::made
    HeldEvents held;       // the last event that it does hold; of an account that is missing here, none
};

struct Published
{
    std::size_t taken = 0;          // of the deliveries, from the first on
    HeldEvents held;                // the last event of each account that was acknowledged now
    std::optional<StreamLoss> loss; // before what is not taken others are to be published again
    std::optional<Refusal> refusal; // why not all of them; none where it was told to stop, or there is a loss
};

class NatsPublisher
{
public:
    // `stream` outlives it.
    explicit NatsPublisher(NatsStream& stream) : stream_(stream) {}

    // What was acknowledged before, by another process maybe; instead of what is known.
    void remember(HeldEvents held) { held_ = std::move(held); }

    // Until all are stored, one is refused, the stream is silent or has lost some: then it is for the caller
    // to come again with what is left. Those without a body count as taken. Of none, it looks whether the
    // stream still holds what it acknowledged.
    Published publish(std::span<const Delivery> deliveries);

    // Nothing new is published any more; what is in flight is waited for. From any thread.
    void stop() noexcept { stopping_ = true; }

private:
    using Pending = std::vector<const Delivery*>;
    struct Round;

    bool find_end(Pending& pending, Published& published);
    std::optional<StreamEnd> look(const std::set<std::string>& accounts, Published& published);
    std::optional<StreamEnd>
    ask(const std::set<std::string>& accounts, const std::optional<HeldEvent>& acknowledged,
        Published& published);
    void find_loss(Published& published);
    bool publish_round(Pending& pending, Published& published);
    void note_held(const std::string& account, HeldEvent event, Published& published);
    Round run_round(const Pending& pending);
    void fill(const Pending& pending, Round& round);
    NatsMessage message_of(const Pending& pending, std::size_t position) const;

    NatsStream& stream_;
    std::optional<ExpectedEnd> end_; // none: it is to be looked for
    std::int64_t made_ = 0;          // with it
    HeldEvents held_;                // what the stream has acknowledged last
    std::uint64_t next_token_ = 1;
    std::atomic<bool> stopping_ = false;
};

} // namespace simsync
