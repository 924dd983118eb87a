// One connection to NATS and the stream behind it. Blocks: it is used on a thread of its own, and knows
// nothing of the event loop. It does without libnats's callbacks, so nothing comes from its threads; and
// without its reconnecting, which would send old messages behind our back.
#pragma once

#include "sink/nats_address.hpp"
#include "sink/nats_credentials.hpp"
#include "sink/nats_stream.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace simsync
{

struct NatsOptions
{
    NatsAddress address;
    std::string prefix;                // of subjects: "simsync"
    std::chrono::milliseconds timeout; // of each step
    std::string ca_file;               // empty: the system's alone
    std::string name;                  // as which `nats server report connections` shows it
};

class NatsConnection : public NatsStream
{
public:
    explicit NatsConnection(NatsOptions options);
    ~NatsConnection() override;
    NatsConnection(const NatsConnection&) = delete;
    NatsConnection& operator=(const NatsConnection&) = delete;

    // With which the next connection logs in; none: it does not.
    void log_in_with(std::optional<NatsCredentials> credentials);

    bool is_open() const override;
    std::variant<StreamEnd, Refusal>
    find_end(const std::set<std::string>& accounts, const std::optional<HeldEvent>& acknowledged) override;
    std::optional<Refusal> publish(const NatsMessage& message, std::uint64_t token) override;
    std::variant<NatsReply, Refusal> receive() override;

    // The stream that has the subjects. Connects where there is no connection.
    std::variant<StreamFacts, Refusal> look();

    // From any thread: whoever waits in one of the above returns soon, and nobody connects any more.
    void cut();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
