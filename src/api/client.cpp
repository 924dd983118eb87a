// The client: who asks, in which order, with which token, and what becomes of an answer that a new token or a
// smaller page may mend.
#include "simsync/api/client.hpp"

#include "api/bounds.hpp"
#include "api/classify_response.hpp"
#include "api/decode.hpp"
#include "api/graphql_request.hpp"
#include "api/pool.hpp"
#include "api/rate_limiter.hpp"
#include "api/session.hpp"
#include "model/escape.hpp"
#include "model/page_size.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace simsync
{

namespace asio = boost::asio;

namespace
{

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view graphql_path = "/partner/graphql";

// Two tokens and what else a login may tell. Its answer is read into a tree, which takes several times as
// much.
constexpr std::size_t most_login_bytes = 64 * 1024;

// A server may send more than was asked for, within reason.
constexpr std::size_t most_rows(std::uint64_t limit)
{
    return static_cast<std::size_t>(std::min<std::uint64_t>(limit, 1'000'000)) * 2 + 1000;
}

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

// One question of a caller; it may go out twice.
struct ApiCall
{
    std::string_view operation;
    std::string body;
    std::function<Answer<Page>(std::string& json)> decode; // may move the text
    SteadyClock::duration time_left;                       // for all its requests together
    std::vector<std::string> left_out{};                   // columns that it does not ask for
    bool once = false;                   // it changes something: on a new connection, which cannot be stale
    std::string_view doubted_if_empty{}; // the symptom that an answer without rows is; empty: it is none
};

// What a new token may mend; empty where nothing is to be mended.
struct Doubt
{
    std::string symptom;
    Failure failure;
};

std::optional<Doubt> doubt_of(const Answer<Page>& page, const ApiCall& call)
{
    if (page)
        return !call.doubted_if_empty.empty() && page->rows == 0
                   ? std::optional(Doubt{
                         std::string{call.doubted_if_empty},
                         {.kind = FailureKind::malformed,
                          .what = "the answer is empty although SIMs are known"}})
                   : std::nullopt;
    const auto failure = page.error();
    return a_new_token_may_cure(failure) ? std::optional(Doubt{std::string{to_text(failure.kind)}, failure})
                                         : std::nullopt;
}

// Whether somebody can log in decides over an empty list as well.
bool is_about_credentials(const Failure& failure)
{
    return failure.kind == FailureKind::unauthorized || failure.kind == FailureKind::token_refused;
}

// Does the failure come from our reading of `simcard(id)`, rather than from a field of the SIM?
bool speaks_of_reading(const Failure& failure)
{
    constexpr std::array<std::string_view, 3> words{"items", "count", "id"};
    return failure.kind == FailureKind::schema &&
           (failure.unknown_fields.empty() || std::ranges::any_of(
                                                  failure.unknown_fields, [&](const auto& name)
                                                  { return std::ranges::find(words, name) != words.end(); }));
}

SimReading other_than(SimReading reading)
{
    return reading == SimReading::listed ? SimReading::itself : SimReading::listed;
}

} // namespace

// Shared by the calls under way: they end as they can, also when the client is gone.
struct Client::Impl : std::enable_shared_from_this<Impl>
{
    Impl(asio::any_io_executor on, ClientOptions with, ClientObserver with_observer);

    void open_session();

    static asio::awaitable<Answer<Page>>
    simcards(std::shared_ptr<Impl> self, ListQuery query, const Fleet* known);
    static asio::awaitable<Answer<Page>> simcard(std::shared_ptr<Impl> self, std::string id);
    static asio::awaitable<std::optional<Failure>>
    act(std::shared_ptr<Impl> self, const Operation& operation, std::string sim, ActionArguments arguments);
    static asio::awaitable<std::optional<Failure>> login(std::shared_ptr<Impl> self);
    static asio::awaitable<Answer<HttpReply>>
    authenticate(std::shared_ptr<Impl> self, std::string_view operation, HttpRequest request);

    asio::awaitable<Answer<Page>> list(ListQuery query, const Fleet* known);
    asio::awaitable<Answer<Page>> smaller_list(ListQuery query, const Fleet* known, Failure refusal);
    asio::awaitable<Answer<Page>> sim(std::string id, SimReading as);
    asio::awaitable<Answer<Page>> ask(ApiCall call);
    asio::awaitable<Answer<Page>> ask_with(AccessToken token, ApiCall& call);
    asio::awaitable<Answer<HttpReply>>
    post_query(Pool::Lease& lease, HttpRequest request, SteadyClock::time_point deadline);
    asio::awaitable<Answer<Pool::Lease>> turn();
    ApiCall call_of(const std::string& id, const Selection& selected, SimReading as) const;

    Failure located(Failure failure) const;
    void hear(const Failure& failure);
    void
    notify_request(std::string_view operation, std::string_view outcome, SteadyClock::time_point since) const;
    void notify_retry(std::string_view reason) const;

    asio::any_io_executor executor;
    ClientOptions options;
    ClientObserver observer;
    Endpoint endpoint;
    Pool pool;
    RateLimiter rate_limiter;
    std::shared_ptr<Session> session;
    Selection selection;
    SimReading reading = SimReading::listed;
    PageSize page_size;
    bool is_closed = false;
};

namespace
{

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

Client::Impl::Impl(asio::any_io_executor on, ClientOptions with, ClientObserver with_observer)
    : executor(std::move(on)),
      options(std::move(with)),
      observer(std::move(with_observer)),
      endpoint(endpoint_of(options)),
      pool(executor, options.concurrency, connections_of(executor, options, endpoint)),
      rate_limiter(executor, options.max_requests_per_second)
{
}

// The session outlives no client: it sends through this one as long as there is one.
void Client::Impl::open_session()
{
    auto send = [weak = weak_from_this()](std::string_view operation, HttpRequest request)
    { return authenticate(weak.lock(), operation, std::move(request)); };
    session = std::make_shared<Session>(
        executor, Credentials{options.username, options.password, options.refresh_path, options.borrow_token},
        std::move(send), observer);
}

asio::awaitable<Answer<Page>>
Client::Impl::simcards(std::shared_ptr<Impl> self, ListQuery query, const Fleet* known)
{
    query.limit = self->page_size.of(query.limit);
    auto page = co_await self->list(query, known);
    if (page)
        self->page_size.came(query.limit);
    else if (self->page_size.is_in_doubt(page.error(), query.offset, query.limit, SteadyClock::now()))
        co_return co_await self->smaller_list(std::move(query), known, page.error());
    co_return page;
}

asio::awaitable<Answer<Page>> Client::Impl::list(ListQuery query, const Fleet* known)
{
    ApiCall call{
        .operation = "simcards",
        .body = list_request(query, selection),
        .decode =
            [limit = query.limit, known](std::string& json)
        {
            const auto rows = most_rows(limit);
            const auto bytes = most_page_bytes(limit);
            return known != nullptr ? decode_list(json, rows, bytes, *known)
                                    : decode_new_list(json, rows, bytes);
        },
        .time_left = options.request_timeout,
        .left_out = selection.columns_left_out(),
        .doubted_if_empty = query.has_rows ? "empty_list" : ""};
    co_return co_await ask(std::move(call));
}

// Was it the size? The smallest page tells; then the largest that comes is found by halving.
asio::awaitable<Answer<Page>> Client::Impl::smaller_list(ListQuery query, const Fleet* known, Failure refusal)
{
    auto smallest = query;
    smallest.limit = PageSize::least;
    if (!co_await list(std::move(smallest), known))
    {
        page_size.is_innocent(SteadyClock::now());
        co_return refusal;
    }
    if (page_size.has_come(query.limit))
    {
        auto next = query;
        next.offset += query.limit;
        next.has_rows = false;
        if (co_await list(std::move(next), known))
        {
            page_size.is_innocent(SteadyClock::now());
            co_return refusal;
        }
    }
    while (query.limit > PageSize::least)
    {
        query.limit = page_size.of(PageSize::half(query.limit)); // others may have found it meanwhile
        auto page = co_await list(query, known);
        if (!page && a_smaller_page_may_do(page.error()))
            continue;
        if (page && page_size.of(query.limit + 1) > query.limit)
        {
            page_size.settles_at(query.limit);
            if (observer.page_size)
                observer.page_size(query.limit, refusal);
        }
        co_return page;
    }
    co_return refusal;
}

ApiCall Client::Impl::call_of(const std::string& id, const Selection& selected, SimReading as) const
{
    return {
        .operation = "simcard",
        .body = sim_request(id, selected, as),
        .decode = decode_sim,
        .time_left = options.request_timeout,
        .left_out = selected.columns_left_out(),
        .doubted_if_empty = "unknown_sim"};
}

// Where the server does not know the selection, the other one is tried, and kept unless it fares no better.
asio::awaitable<Answer<Page>> Client::Impl::simcard(std::shared_ptr<Impl> self, std::string id)
{
    const auto tried = self->reading;
    auto page = co_await self->sim(id, tried);
    if (page || !speaks_of_reading(page.error()))
        co_return page;
    auto second = co_await self->sim(id, other_than(tried));
    if (!second && speaks_of_reading(second.error()))
        co_return page;
    self->reading = other_than(tried);
    co_return second;
}

// One SIM is asked for by somebody who waits: a field that the API does not know is no reason to show
// nothing.
asio::awaitable<Answer<Page>> Client::Impl::sim(std::string id, SimReading as)
{
    auto selected = selection;
    for (;;)
    {
        auto page = co_await ask(call_of(id, selected, as));
        if (page || page.error().kind != FailureKind::schema || speaks_of_reading(page.error()))
            co_return page;
        const auto before = selected.columns_left_out().size();
        selected.leave_out(page.error().unknown_fields);
        if (selected.columns_left_out().size() == before)
            co_return page;
    }
}

asio::awaitable<std::optional<Failure>> Client::Impl::act(
    std::shared_ptr<Impl> self, const Operation& operation, std::string sim, ActionArguments arguments)
{
    ApiCall call{
        .operation = operation.mutation,
        .body = action_request(operation, sim, arguments),
        .decode = decode_assent,
        .time_left = self->options.request_timeout,
        .once = true};
    const auto assent = co_await self->ask(std::move(call));
    co_return assent ? std::nullopt : std::optional(assent.error());
}

asio::awaitable<std::optional<Failure>> Client::Impl::login(std::shared_ptr<Impl> self)
{
    if (self->is_closed)
        co_return closed();
    co_return co_await self->session->log_in();
}

asio::awaitable<Answer<Page>> Client::Impl::ask(ApiCall call)
{
    const auto token = co_await session->token();
    if (!token)
        co_return token.error();
    auto page = co_await ask_with(*token, call);
    const auto doubt = doubt_of(page, call);
    if (!doubt || call.once)
        co_return page;
    const auto renewed = co_await session->renew(*token, doubt->failure, doubt->symptom);
    if (!renewed)
        co_return page && !is_about_credentials(renewed.error()) ? page : renewed.error();

    notify_retry(doubt->symptom);
    page = co_await ask_with(*renewed, call);
    if (page && !doubt_of(page, call))
    {
        session->cured(doubt->symptom);
        co_return page;
    }
    const auto failure = session->not_cured(*renewed, page ? doubt->failure : page.error(), doubt->symptom);
    co_return page ? page : failure;
}

asio::awaitable<Answer<Page>> Client::Impl::ask_with(AccessToken token, ApiCall& call)
{
    auto lease = co_await turn();
    if (!lease)
        co_return lease.error();
    if (call.once)
        (*lease)->close();
    const auto started = SteadyClock::now();
    auto reply = co_await post_query(
        *lease, {.path = std::string{graphql_path}, .body = call.body, .bearer = token.text},
        started + call.time_left);
    call.time_left -= SteadyClock::now() - started;

    auto page = [&]() -> Answer<Page>
    {
        if (!reply)
            return reply.error();
        if (auto failure = classify_query_response(*reply, wall_clock()))
            return located(std::move(*failure));
        auto decoded = call.decode(reply->body);
        return decoded ? std::move(decoded) : located(decoded.error());
    }();
    notify_request(call.operation, outcome_of(page), started);
    if (page)
    {
        session->accepted(token.generation);
        page->left_out = call.left_out;
        mark_left_out(*page);
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

// The server may have closed a kept connection while it was idle; nobody has read the query then.
asio::awaitable<Answer<HttpReply>>
Client::Impl::post_query(Pool::Lease& lease, HttpRequest request, SteadyClock::time_point deadline)
{
    auto reply = co_await lease->post(request, deadline);
    if (!lease->went_stale())
        co_return reply;
    notify_retry("stale_connection");
    co_return co_await lease->post(std::move(request), deadline);
}

// A login is sent once: on a new connection, which cannot be stale.
asio::awaitable<Answer<HttpReply>>
Client::Impl::authenticate(std::shared_ptr<Impl> self, std::string_view operation, HttpRequest request)
{
    if (!self)
        co_return closed();
    auto lease = co_await self->turn();
    if (!lease)
        co_return lease.error();
    (*lease)->close();
    request.body_limit = most_login_bytes;
    const auto started = SteadyClock::now();
    auto reply = co_await (*lease)->post(std::move(request), started + self->options.request_timeout);
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
asio::awaitable<Answer<Pool::Lease>> Client::Impl::turn()
{
    auto lease = co_await pool.lease();
    co_await rate_limiter.turn();
    if (!lease || is_closed)
        co_return closed();
    if (const auto left = rate_limiter.silence())
        co_return silenced(*left);
    co_return lease;
}

Failure Client::Impl::located(Failure failure) const
{
    failure.what = endpoint.origin() + ": " + failure.what;
    return failure;
}

void Client::Impl::hear(const Failure& failure)
{
    if (failure.kind == FailureKind::throttled && failure.retry_after)
        rate_limiter.fall_silent(*failure.retry_after);
}

void Client::Impl::notify_request(
    std::string_view operation, std::string_view outcome, SteadyClock::time_point since) const
{
    if (observer.request)
        observer.request(operation, outcome, SteadyClock::now() - since);
}

void Client::Impl::notify_retry(std::string_view reason) const
{
    if (observer.retry)
        observer.retry(reason);
}

Client::Client(asio::any_io_executor executor, ClientOptions options, ClientObserver observer)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options), std::move(observer)))
{
    impl_->open_session();
}

Client::~Client()
{
    close();
}

asio::awaitable<Answer<Page>> Client::simcards(ListQuery query, const Fleet* known)
{
    return Impl::simcards(impl_, std::move(query), known);
}

asio::awaitable<Answer<Page>> Client::simcard(std::string id)
{
    return Impl::simcard(impl_, std::move(id));
}

asio::awaitable<std::optional<Failure>>
Client::act(const Operation& operation, std::string sim, ActionArguments arguments)
{
    return Impl::act(impl_, operation, std::move(sim), std::move(arguments));
}

asio::awaitable<std::optional<Failure>> Client::login()
{
    return Impl::login(impl_);
}

std::vector<std::string> Client::select_all_but(const std::vector<std::string>& fields)
{
    impl_->selection = {};
    impl_->selection.leave_out(fields);
    return impl_->selection.names_left_out();
}

void Client::leave_out(const std::vector<std::string>& fields)
{
    impl_->selection.leave_out(fields);
}

void Client::close()
{
    impl_->is_closed = true;
    impl_->rate_limiter.close();
    impl_->pool.close();
}

} // namespace simsync
