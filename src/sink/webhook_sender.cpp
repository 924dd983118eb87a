#include "sink/webhook_sender.hpp"

#include "sink/cloud_event.hpp"
#include "sink/signature.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

// So many events of one request refused, and none taken: it is not about them.
constexpr std::size_t receivers_fault = 3;
// A connection that nobody needs is kept for so long.
constexpr seconds kept_idle{30};

// Those of SIMs of which an event is to blame have to wait for it.
void leave_out_held(
    std::span<const std::shared_ptr<const Window::Entry>> entries, const SendResult& outcome,
    std::vector<std::size_t>& places)
{
    std::set<std::string> held;
    for (const auto& [place, refusal] : outcome.to_blame)
        held.insert(partition_key(entries[place]->event));
    std::erase_if(places, [&](auto place) { return held.contains(partition_key(entries[place]->event)); });
}

} // namespace

WebhookSender::WebhookSender(boost::asio::any_io_executor executor, WebhookOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      trust_(std::make_shared<Trust>(options_.ca_file))
{
}

awaitable<SendResult> WebhookSender::send(const Window::Group& group)
{
    SendResult outcome;
    outcome.arrived.resize(group.entries.size());
    Places all(group.entries.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    std::size_t refused_in_a_row = 0;
    co_await send_some(group.entries, std::move(all), refused_in_a_row, outcome);
    if (outcome.fits == group.entries.size() ||
        std::ranges::find(outcome.arrived, false) != outcome.arrived.end())
        outcome.fits = 0;
    co_return outcome;
}

awaitable<void> WebhookSender::send_some(
    std::span<const Entry> entries, Places places, std::size_t& refused_in_a_row, SendResult& outcome)
{
    leave_out_held(entries, outcome, places);
    if (places.empty() || outcome.failure)
        co_return;
    std::vector<const EventRecord*> events;
    for (const auto place : places)
        events.push_back(&entries[place]->event);
    auto refusal = co_await post(std::move(events));
    if (!refusal)
    {
        refused_in_a_row = 0;
        outcome.fits = std::max(outcome.fits, places.size());
        for (const auto place : places)
            outcome.arrived[place] = true;
    }
    else if (!is_about_the_content(*refusal) || refused_in_a_row >= receivers_fault)
        outcome.failure = std::move(refusal);
    else if (places.size() == 1)
    {
        ++refused_in_a_row;
        outcome.to_blame.emplace_back(places.front(), std::move(*refusal));
    }
    else
    {
        const auto half = places.begin() + static_cast<std::ptrdiff_t>(places.size() / 2);
        co_await send_some(entries, Places(places.begin(), half), refused_in_a_row, outcome);
        co_await send_some(entries, Places(half, places.end()), refused_in_a_row, outcome);
    }
}

awaitable<std::optional<Refusal>> WebhookSender::post(std::vector<const EventRecord*> events)
{
    std::vector<std::string> secrets{options_.address.path, options_.address.query};
    const auto request = request_of(events, secrets);
    if (!request)
        co_return Refusal{request.error()};
    auto& connection = borrow();
    const auto deadline = steady_clock::now() + options_.timeout;
    auto reply = co_await connection.post(*request, deadline);
    // A receiver that closed an idle connection has seen nothing of it; at least once is the promise.
    if (!reply && connection.went_stale())
        reply = co_await connection.post(*request, deadline);
    give_back(connection);
    if (!reply)
        co_return Refusal{reply.error()};
    co_return judge_delivery(*reply, floor<seconds>(system_clock::now()), secrets);
}

// The secret is read anew, for it may have been replaced, and is among those that no message may show: a
// receiver's answer may repeat it.
Answer<HttpRequest> WebhookSender::request_of(
    const std::vector<const EventRecord*>& events, std::vector<std::string>& secrets) const
{
    const auto now = floor<seconds>(system_clock::now());
    const auto id = request_id(events);
    HttpRequest request;
    request.path = webhook_target(options_.address);
    request.body =
        options_.batches ? cloud_event_batch(events) : cloud_event(*events.front(), events.front()->account);
    request.content_type = options_.batches ? cloud_event_batch_type : cloud_event_type;
    request.status_decides = true;
    request.headers.emplace_back("webhook-id", id);
    request.headers.emplace_back("webhook-timestamp", std::to_string(now.time_since_epoch().count()));
    if (!options_.secret)
        return request;
    const auto key = options_.secret();
    if (!key)
        return key.error();
    secrets.push_back(*key);
    request.headers.emplace_back(
        "webhook-signature", webhook_signature(signing_key(*key), id, now, request.body));
    return request;
}

HttpConnection& WebhookSender::borrow()
{
    if (idle_.empty())
    {
        connections_.push_back(std::make_unique<HttpConnection>(
            executor_, options_.address.endpoint, trust_,
            HttpOptions{options_.user_agent, longest_receipt, true}));
        return *connections_.back();
    }
    auto* const connection = idle_.back().connection;
    idle_.pop_back();
    return *connection;
}

// Those that were needed in a rush are closed once it is over.
void WebhookSender::give_back(HttpConnection& connection)
{
    const auto now = steady_clock::now();
    idle_.push_back({&connection, now});
    if (idle_.front().since + kept_idle >= now)
        return;
    std::erase_if(connections_, [&](const auto& each) { return each.get() == idle_.front().connection; });
    idle_.pop_front();
}

void WebhookSender::cut()
{
    for (const auto& connection : connections_)
        connection->close();
}

} // namespace simsync
