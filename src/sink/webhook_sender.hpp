// How events reach a webhook: over as many connections as are needed, signed, one in a request or several.
#pragma once

#include "io/http_client.hpp"
#include "sink/address.hpp"
#include "sink/outbox.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

struct WebhookOptions
{
    Address address;
    std::function<Answer<std::string>()> secret; // asked before each request; empty: they are not signed
    std::chrono::milliseconds timeout{10'000};   // of one request
    std::string ca_file;
    std::string user_agent;
    bool batches = false; // CloudEvents in batch mode, also where there is only one
};

class WebhookSender
{
public:
    WebhookSender(boost::asio::any_io_executor executor, WebhookOptions options);

    // In one request. Where that is refused for what it holds it is halved, down to the events that are to
    // blame; one that follows such an event of its SIM is not sent.
    boost::asio::awaitable<SendResult> send(const Window::Group& group);

    // Ends all requests under way; those that come connect anew.
    void cut();

private:
    using Entry = std::shared_ptr<const Window::Entry>;
    struct Idle
    {
        HttpConnection* connection;
        std::chrono::steady_clock::time_point since;
    };
    using Places = std::vector<std::size_t>; // in the group

    boost::asio::awaitable<void> send_some(
        std::span<const Entry> entries, Places places, std::size_t& refused_in_a_row, SendResult& outcome);
    boost::asio::awaitable<std::optional<Refusal>> post(std::vector<const EventRecord*> events);
    Answer<HttpRequest>
    request_of(const std::vector<const EventRecord*>& events, std::vector<std::string>& secrets) const;
    HttpConnection& borrow();
    void give_back(HttpConnection& connection);

    boost::asio::any_io_executor executor_;
    WebhookOptions options_;
    std::shared_ptr<Trust> trust_;
    std::vector<std::unique_ptr<HttpConnection>> connections_;
    std::deque<Idle> idle_; // the one that was used last is taken first
};

} // namespace simsync
