// The event loop's side of a NATS sink: what blocks runs on a thread of its own.
#pragma once

#include "io/blocking_thread.hpp"
#include "sink/nats_connection.hpp"
#include "sink/nats_publisher.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <span>
#include <utility>

namespace simsync
{

class NatsSender
{
public:
    explicit NatsSender(NatsOptions options);
    ~NatsSender();
    NatsSender(const NatsSender&) = delete;
    NatsSender& operator=(const NatsSender&) = delete;

    // As NatsPublisher::publish. The deliveries outlive it. A connection that is made in it logs in with the
    // credentials; one that stands keeps its own.
    boost::asio::awaitable<Published>
    publish(std::span<const Delivery> deliveries, std::optional<NatsCredentials> credentials);

    // As NatsPublisher::remember. Not while it publishes.
    void remember(HeldEvents held) { publisher_.remember(std::move(held)); }

    // `publish` returns once what is in flight has its answer; none begins any more.
    void stop() noexcept { publisher_.stop(); }
    // It returns at once.
    void cut() { connection_.cut(); }

private:
    NatsConnection connection_;
    NatsPublisher publisher_;
    BlockingThread thread_; // the first to go: it waits for what it has begun
};

// Of `url`, as parse_nats_address takes it, checked before.
NatsOptions nats_options(
    const std::string& url, const std::string& prefix, std::chrono::milliseconds timeout,
    const std::string& ca_file);

} // namespace simsync
