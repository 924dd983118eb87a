#include "api/api_caller.hpp"

#include "api/bounds.hpp"
#include "api/classify_response.hpp"
#include "model/escape.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>
#include <utility>

namespace simsync
{
namespace
{

namespace asio = boost::asio;

constexpr std::string_view graphql_path = "/partner/graphql";

// Two tokens and what else a login may tell. Its answer is read into a tree, which takes several times as
// much.
constexpr std::size_t most_login_bytes = 64 * 1024;

Failure closed()
{
    return {.kind = FailureKind::unreachable, .what = "the client of the API was closed"};
}

Failure silenced(std::chrono::milliseconds left)
{
    return {
        .kind = FailureKind::throttled,
        .what = "the API asked for silence: no request was sent",
        .retry_after = left};
}

// No page size makes a login's answer smaller.
Failure as_of_login(Failure failure)
{
    if (failure.kind == FailureKind::too_large)
        failure.kind = FailureKind::malformed;
    return failure;
}

template<class T>
std::string_view outcome_of(const Answer<T>& answer)
{
    return answer ? std::string_view{"ok"} : to_text(answer.error().kind);
}

Endpoint endpoint_of(const ClientOptions& options)
{
    auto endpoint = parse_endpoint(options.endpoint);
    if (!endpoint)
        throw std::invalid_argument(endpoint.error().what);
    return std::move(*endpoint);
}

Pool::Make
connections_of(const asio::any_io_executor& executor, const ClientOptions& options, const Endpoint& endpoint)
{
    HttpOptions http{.user_agent = options.user_agent, .body_limit = most_answer_bytes(options.page_size)};
    // Reading the system's authorities takes 20 ms and 6 MB: not where nobody has to be trusted.
    const auto trust = endpoint.scheme == Scheme::https ? std::make_shared<Trust>(options.ca_file)
                                                        : std::shared_ptr<Trust>{};
    return [executor, endpoint, http, trust]
    { return std::make_unique<HttpConnection>(executor, endpoint, trust, http); };
}

std::chrono::sys_seconds wall_clock()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

} // namespace

std::shared_ptr<ApiCaller>
ApiCaller::open(asio::any_io_executor executor, ClientOptions options, ClientObserver observer)
{
    auto caller = std::make_shared<ApiCaller>(executor, options, observer);
    // The session sends through this one as long as there is one, and outlives it at most by a login.
    auto send = [weak = std::weak_ptr{caller}](std::string_view operation, HttpRequest request)
    { return authenticate(weak.lock(), operation, std::move(request)); };
    caller->session_ = std::make_shared<Session>(
        std::move(executor),
        Credentials{
            std::move(options.username), std::move(options.password), std::move(options.refresh_path),
            std::move(options.borrow_token)},
        std::move(send), std::move(observer));
    return caller;
}

ApiCaller::ApiCaller(
    const asio::any_io_executor& executor, const ClientOptions& options, ClientObserver observer)
    : observer_(std::move(observer)),
      request_timeout_(options.request_timeout),
      endpoint_(endpoint_of(options)),
      pool_(executor, options.concurrency, connections_of(executor, options, endpoint_)),
      rate_limiter_(executor, options.max_requests_per_second)
{
}

asio::awaitable<std::optional<Failure>> ApiCaller::log_in()
{
    if (closed_)
        co_return closed();
    co_return co_await session_->log_in();
}

asio::awaitable<Answer<Page>> ApiCaller::carry_out(ApiCall call)
{
    const auto token = co_await session_->token();
    if (!token)
        co_return token.error();
    auto page = co_await send_with(*token, call);
    const auto doubt = doubt_of(page, call);
    if (!doubt || call.once)
        co_return page;
    const auto renewed = co_await session_->renew(*token, doubt->failure, doubt->symptom);
    if (!renewed)
        co_return page && !is_about_credentials(renewed.error()) ? page : renewed.error();

    notify_retry(doubt->symptom);
    page = co_await send_with(*renewed, call);
    if (page && !doubt_of(page, call))
    {
        session_->cured(doubt->symptom);
        co_return page;
    }
    const auto failure = session_->not_cured(*renewed, page ? doubt->failure : page.error(), doubt->symptom);
    co_return page ? page : failure;
}

asio::awaitable<Answer<Page>> ApiCaller::send_with(AccessToken token, ApiCall& call)
{
    auto lease = co_await lease_in_turn(call.urgency);
    if (!lease)
        co_return lease.error();
    if (call.once)
        (*lease)->close();
    const auto started = SteadyClock::now();
    auto reply = co_await post(
        *lease, {.path = std::string{graphql_path}, .body = call.body, .bearer = token.text},
        started + call.time_left);
    call.time_left -= SteadyClock::now() - started;

    auto page = page_of(std::move(reply), call);
    notify_request(call.operation, outcome_of(page), started);
    if (page)
    {
        session_->accepted(token.generation);
    }
    else
    {
        auto failure = page.error(); // a copy: Boost 1.81's result hands out no reference
        hear(failure);
        failure.what = redact(std::move(failure.what), token.text);
        page = std::move(failure);
    }
    co_return page;
}

Answer<Page> ApiCaller::page_of(Answer<HttpReply> reply, const ApiCall& call) const
{
    if (!reply)
        return reply.error();
    if (auto failure = classify_query_response(*reply, wall_clock()))
        return located(std::move(*failure));
    auto page = call.decode(reply->body);
    if (!page)
        return located(page.error());
    page->left_out = call.left_out;
    mark_left_out(*page);
    return page;
}

// Where the server had closed a kept connection while it was idle, it has read nothing of the query: that
// goes out once more, on a new connection.
asio::awaitable<Answer<HttpReply>>
ApiCaller::post(Pool::Lease& lease, HttpRequest request, SteadyClock::time_point deadline)
{
    auto reply = co_await lease->post(request, deadline);
    if (!lease->went_stale())
        co_return reply;
    notify_retry("stale_connection");
    co_return co_await lease->post(std::move(request), deadline);
}

// A login is sent once: on a new connection, which cannot be stale.
asio::awaitable<Answer<HttpReply>>
ApiCaller::authenticate(std::shared_ptr<ApiCaller> self, std::string_view operation, HttpRequest request)
{
    if (!self)
        co_return closed();
    // Whoever is the most urgent waits for it.
    auto lease = co_await self->lease_in_turn(Urgency::action);
    if (!lease)
        co_return lease.error();
    (*lease)->close();
    request.body_limit = most_login_bytes;
    const auto started = SteadyClock::now();
    auto reply = co_await (*lease)->post(std::move(request), started + self->request_timeout_);
    if (reply)
        if (auto failure = classify_login_response(*reply, wall_clock()))
            reply = self->located(std::move(*failure));
    if (!reply)
        reply = as_of_login(reply.error());
    self->notify_request(operation, outcome_of(reply), started);
    if (!reply)
        self->hear(reply.error());
    co_return reply;
}

// A connection, once the rate limit allows to use it.
asio::awaitable<Answer<Pool::Lease>> ApiCaller::lease_in_turn(Urgency urgency)
{
    auto lease = co_await pool_.lease(urgency);
    co_await rate_limiter_.turn(urgency);
    if (!lease || closed_)
        co_return closed();
    if (const auto left = rate_limiter_.silence())
        co_return silenced(*left);
    co_return lease;
}

Failure ApiCaller::located(Failure failure) const
{
    failure.what = endpoint_.origin() + ": " + failure.what;
    return failure;
}

void ApiCaller::hear(const Failure& failure)
{
    if (failure.kind == FailureKind::throttled && failure.retry_after)
        rate_limiter_.fall_silent(*failure.retry_after);
}

void ApiCaller::notify_request(
    std::string_view operation, std::string_view outcome, SteadyClock::time_point since) const
{
    if (observer_.request)
        observer_.request(operation, outcome, SteadyClock::now() - since);
}

void ApiCaller::notify_retry(std::string_view reason) const
{
    if (observer_.retry)
        observer_.retry(reason);
}

void ApiCaller::close()
{
    closed_ = true;
    rate_limiter_.close();
    pool_.close();
}

} // namespace simsync
