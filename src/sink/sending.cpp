// How alerts reach their Alertmanager: one may spoil those that it comes with.
#include "io/clock.hpp"
#include "sink/authorization.hpp"
#include "sink/sink.hpp"

#include <set>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

// What was refused is not told again for so long, unless an event does.
constexpr minutes left_out_for{15};

Failure unsendable(const std::string& what)
{
    return {.kind = FailureKind::unauthorized, .what = what};
}

} // namespace

awaitable<std::optional<Refusal>> Sink::deliver(const Delivery& delivery)
{
    std::vector<Alert> alerts;
    for (const auto& alert : delivery.alerts)
        if (!delivery.upto.empty() || !is_left_out(alert))
            alerts.push_back(alert);
    co_return co_await deliver_alerts(alerts);
}

bool Sink::is_left_out(const Alert& alert) const
{
    const auto found = left_out_.find(alert.name());
    return found != left_out_.end() && steady_clock::now() < found->second;
}

// An Alertmanager refuses a request as a whole for one alert that it dislikes.
awaitable<std::optional<Refusal>> Sink::deliver_alerts(std::span<const Alert> alerts)
{
    if (alerts.empty())
        co_return std::nullopt;
    const auto refusal = co_await post_alerts(alerts);
    std::vector<RefusedAlert> refused;
    if (refusal)
    {
        if (!is_about_the_content(*refusal))
            co_return refusal;
        // It takes a request without any, or it is not about the alerts.
        if (const auto none_taken = co_await post_alerts({}))
            co_return none_taken;
        if (auto failure = co_await sift(alerts, *refusal, refused))
            co_return failure;
    }
    remember(alerts, refused);
    co_return std::nullopt;
}

// These were refused together: half by half, down to those that are refused alone.
awaitable<std::optional<Refusal>>
Sink::sift(std::span<const Alert> alerts, Refusal refusal, std::vector<RefusedAlert>& refused)
{
    if (alerts.size() == 1)
    {
        refused.push_back({alerts.front().name(), std::move(refusal)});
        co_return std::nullopt;
    }
    const auto half = alerts.size() / 2;
    for (const auto some : {alerts.first(half), alerts.subspan(half)})
    {
        auto answer = co_await post_alerts(some);
        if (answer && is_about_the_content(*answer))
            answer = co_await sift(some, *answer, refused);
        if (answer)
            co_return answer;
    }
    co_return std::nullopt;
}

// Each that is refused is told of once, until it is taken.
void Sink::remember(std::span<const Alert> sent, std::span<const RefusedAlert> refused)
{
    std::vector<RefusedAlert> news;
    std::set<std::string> names;
    for (const auto& each : refused)
    {
        if (!left_out_.contains(each.name) && names.insert(each.name).second)
            news.push_back(each);
        names.insert(each.name);
    }
    for (const auto& alert : sent)
        if (!names.contains(alert.name()))
            left_out_.erase(alert.name());
    for (const auto& name : names)
        left_out_[name] = steady_clock::now() + left_out_for;
    if (!refused.empty())
        observer_.set_aside(news, refused.size());
}

awaitable<std::optional<Refusal>> Sink::post_alerts(std::span<const Alert> alerts)
{
    co_return co_await post(alerts_request(alerts_json(alerts, system_now(), options_.console_url)));
}

awaitable<std::optional<Refusal>> Sink::post(const Answer<HttpRequest>& request)
{
    if (!request)
        co_return Refusal{request.error()};
    const auto deadline = steady_clock::now() + options_.timeout;
    auto reply = co_await connection_.post(*request, deadline);
    // A receiver that closed an idle connection has seen nothing of it; at least once is the promise.
    if (!reply && connection_.went_stale())
        reply = co_await connection_.post(*request, deadline);
    if (!reply)
        co_return Refusal{reply.error()};
    co_return judge_delivery(*reply, floor<seconds>(system_clock::now()), secrets_);
}

Answer<HttpRequest> Sink::alerts_request(std::string body)
{
    HttpRequest request;
    request.path = alerts_target(address_);
    request.body = std::move(body);
    request.status_decides = true;
    if (!options_.secret)
        return request;
    const auto known = secret();
    if (!known)
        return known.error();
    const auto header = authorization(*known);
    if (header.empty())
        return unsendable("what stands in the sink's secret_file is neither a token nor user:password");
    secrets_.push_back(header);
    request.headers.emplace_back("Authorization", header);
    return request;
}

// Reads the secret anew, for it may have been replaced, and notes it among those that no message may show: a
// receiver's answer may repeat it.
Answer<std::string> Sink::secret()
{
    auto known = options_.secret();
    secrets_ = {address_.path, address_.query};
    if (known)
        secrets_.push_back(*known);
    return known;
}

} // namespace simsync
