// An API on a real socket that answers honestly from a simulated fleet until a test tells it to misbehave.
#pragma once

#include "api/server.hpp"
#include "simulator/service.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace simsync::test
{

class HostileApi
{
public:
    // What it does to a request; empty: it answers honestly. Called on the API's thread.
    using Misdeed = std::function<std::optional<Reaction>(const Request&)>;

    explicit HostileApi(std::size_t sims, simulator::ServiceOptions options = {});
    ~HostileApi();
    HostileApi(const HostileApi&) = delete;
    HostileApi& operator=(const HostileApi&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    void misbehave(Misdeed misdeed); // from the next request on
    void behave() { misbehave({}); }

    // Until so many requests have suffered the present misdeed. Throws after half a minute.
    void await_misdeeds(std::size_t count);

    // Runs on the API's thread, between two requests.
    void with_service(const std::function<void(simulator::Service&)>& look);
    std::size_t connections();

private:
    Reaction react(const Request& request);
    Reaction honest(const Request& request);
    template<class Act>
    void on_thread(Act act);

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    simulator::Service service_;
    Misdeed misdeed_;
    Server server_;
    unsigned short port_;
    std::mutex mutex_;
    std::condition_variable suffered_;
    std::size_t misdeeds_ = 0;
    std::thread thread_;
};

// Misdeeds against queries alone, or against logins alone; the other kind is answered honestly.
HostileApi::Misdeed to_queries(std::function<Reaction()> reaction);
HostileApi::Misdeed to_logins(std::function<Reaction()> reaction);

} // namespace simsync::test
