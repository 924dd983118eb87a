// Whoever a webhook delivers to: takes everything down, until a test tells it to refuse.
#pragma once

#include "api/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace simsync::test
{

class Receiver
{
public:
    Receiver();
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    std::string url(const std::string& target = "/hook") const
    {
        return "http://127.0.0.1:" + std::to_string(port_) + target;
    }

    // What it does from the next request on; those count as refused, whatever is answered. Empty: 204.
    void refuse(std::function<Reaction(const Request&)> reaction);
    void take() { refuse({}); }

    // Until so many were taken, or refused, in all; the first of them. Throws after half a minute.
    std::vector<Request> await_taken(std::size_t count);
    void await_refused(std::size_t count);

    std::vector<Request> taken();
    std::vector<Request> refused();

private:
    Reaction react(const Request& request);
    void await(const std::vector<Request>& some, std::size_t count);

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::function<Reaction(const Request&)> refusal_;
    std::vector<Request> taken_;
    std::vector<Request> refused_;
    Server server_;
    unsigned short port_;
    std::thread thread_;
};

} // namespace simsync::test
