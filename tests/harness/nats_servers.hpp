// nats-server with JetStream, alone or as a cluster on loopback, and what somebody who reads a stream sees.
#pragma once

#include "harness/process.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace simsync::test
{

struct StoredMessage
{
    std::string subject;
    std::string id;           // Nats-Msg-Id
    std::string content_type; // Content-Type
    std::string body;
};

class NatsServers
{
public:
    // `more`: further lines of each one's configuration, such as "authorization { token: x }".
    explicit NatsServers(std::size_t count, const std::string& more = {});
    ~NatsServers();
    NatsServers(const NatsServers&) = delete;
    NatsServers& operator=(const NatsServers&) = delete;

    std::string url() const; // all of them: "nats://127.0.0.1:4222,127.0.0.1:4223"
    std::string host_and_port(std::size_t server) const;

    void kill(std::size_t server);   // -9
    void freeze(std::size_t server); // it neither answers nor closes anything, until `start`
    void start(std::size_t server);  // again, where it is killed or frozen

    // The user and the password with which these do what follows.
    void log_in_as(std::string user, std::string password);
    // The same with a credentials file.
    void log_in_by(std::string credentials_file);

    // Waits until all servers know a leader and makes a stream with a copy on each. `subjects`: one.
    void add_stream(
        const std::string& name, const std::string& subjects,
        std::chrono::milliseconds duplicate_window = std::chrono::minutes{2});
    void delete_stream(const std::string& name);
    void purge_stream(const std::string& name);
    // As somebody else, acknowledged.
    void publish(const std::string& subject, const std::string& body);
    void publish(const StoredMessage& message); // a copy of what was stored

    // Which server leads the stream; waits until one does.
    std::size_t leader(const std::string& stream);
    // Until each server that runs holds all that the stream has.
    void await_all_current(const std::string& stream);

    // All that the stream holds, in order, from a server that leads it.
    std::vector<StoredMessage> messages(const std::string& stream);
    std::uint64_t count(const std::string& stream);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync::test
