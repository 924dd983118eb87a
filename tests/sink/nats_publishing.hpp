// Events, and one who publishes them into a real nats-server.
#pragma once

#include "harness/nats_servers.hpp"
#include "sink/nats_connection.hpp"
#include "sink/nats_publisher.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace simsync::test
{

// Of two accounts and two kinds, each as long as an event.
std::vector<Delivery> deliveries(std::int64_t from, std::int64_t upto);
std::vector<std::string> ids_of(std::span<const Delivery> events);

NatsOptions nats_options(const std::string& url, std::chrono::milliseconds timeout = std::chrono::seconds{2});

// Comes again with what is left, as a sink does; throws where it takes for ever.
void publish_all(NatsPublisher& publisher, std::span<const Delivery> events);

// What the stream SIM holds.
std::vector<std::string> stored_ids(NatsServers& servers);

} // namespace simsync::test
