// The simulated API on a real socket, for the program and for tests that want one in their own process.
#pragma once

#include "simulator/service.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace simsync::simulator
{

struct ServerOptions
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 0; // 0: a free one
    std::size_t sims = 0;
    std::uint64_t seed = 1;
    double churn = 0; // changes per second
    std::chrono::milliseconds latency{0};
    std::string tls_certificate; // PEM files, both or neither: with them the server speaks https alone
    std::string tls_key;
    bool gzip = false;                  // compress answers for clients that ask for it
    IdOrder id_sort = IdOrder::as_text; // how sorts compare ids; ServiceOptions::id_filter is its twin
    std::function<Instant()> clock;     // the server's; empty: the system's
    ServiceOptions service;
};

// One thread serves every connection, the fleet and its churn; it starts and stops with the server.
class Server
{
public:
    explicit Server(ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Makes the fleet, listens and serves. Returns the port. Throws std::system_error where it cannot listen,
    // or cannot use its certificate and key; its text says what it could not do and why.
    std::uint16_t start();

    // Cuts every connection; no answer is sent any more. The fleet stays as it is. Does nothing when stopped.
    void stop();

    std::string url() const; // "http://127.0.0.1:8080", once started

    // Runs `look` on the server's thread, between two requests, and returns after it. What it throws comes
    // out here. Not from on_request, which is given the fleet and would wait for itself.
    void with_fleet(const std::function<void(Fleet&)>& look);

    void revoke_tokens();

    // Requests answered or under way, by operation (see ServiceOptions::on_request).
    std::map<std::string, std::size_t> requests_served();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync::simulator
