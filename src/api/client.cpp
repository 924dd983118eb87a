// The client: which calls a question of simsync becomes, and what becomes of an answer that a smaller page or
// another way of asking may mend.
#include "simsync/api/client.hpp"

#include "api/api_caller.hpp"
#include "api/bounds.hpp"
#include "api/decode.hpp"
#include "api/graphql_request.hpp"
#include "model/page_size.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace simsync
{

namespace asio = boost::asio;

namespace
{

using SteadyClock = std::chrono::steady_clock;

// A server may send more than was asked for, within reason.
constexpr std::size_t most_rows(std::uint64_t limit)
{
    return static_cast<std::size_t>(std::min<std::uint64_t>(limit, 1'000'000)) * 2 + 1000;
}

SimReading other_than(SimReading reading)
{
    return reading == SimReading::listed ? SimReading::itself : SimReading::listed;
}

} // namespace

// Shared by the calls under way: they end as they can, also when the client is gone.
struct Client::Impl
{
    Impl(asio::any_io_executor executor, ClientOptions options, ClientObserver observer);

    static asio::awaitable<Answer<Page>>
    simcards(std::shared_ptr<Impl> self, ListQuery query, const Fleet* known);
    static asio::awaitable<Answer<Page>> simcard(std::shared_ptr<Impl> self, std::string id);
    static asio::awaitable<std::optional<Failure>>
    act(std::shared_ptr<Impl> self, const Operation& operation, std::string sim, ActionArguments arguments);
    static asio::awaitable<std::optional<Failure>> login(std::shared_ptr<Impl> self);

    asio::awaitable<Answer<Page>> list(ListQuery query, const Fleet* known);
    asio::awaitable<Answer<Page>> smaller_list(ListQuery query, const Fleet* known, Failure refusal);
    asio::awaitable<Answer<Page>> sim(std::string id, SimReading as);
    ApiCall call_of(const std::string& id, const Selection& selected, SimReading as) const;

    std::chrono::milliseconds request_timeout;
    std::function<void(std::uint64_t rows, const Failure& larger)> on_page_size; // may be empty
    std::shared_ptr<ApiCaller> caller;
    Selection selection;
    SimReading reading = SimReading::listed;
    PageSize page_size;
};

Client::Impl::Impl(asio::any_io_executor executor, ClientOptions options, ClientObserver observer)
    : request_timeout(options.request_timeout),
      on_page_size(observer.page_size),
      caller(ApiCaller::open(std::move(executor), std::move(options), std::move(observer)))
{
}

asio::awaitable<Answer<Page>>
Client::Impl::simcards(std::shared_ptr<Impl> self, ListQuery query, const Fleet* known)
{
    query.limit = self->page_size.of(query.limit);
    auto page = co_await self->list(query, known);
    // A look that fails now and then, many times a minute, is no evidence.
    if (query.urgency != Urgency::sweep)
        co_return page;
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
        .time_left = request_timeout,
        .left_out = selection.columns_left_out(),
        .urgency = query.urgency,
        .doubted_if_empty = query.has_rows ? "empty_list" : ""};
    co_return co_await caller->carry_out(std::move(call));
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
            if (on_page_size)
                on_page_size(query.limit, refusal);
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
        .time_left = request_timeout,
        .left_out = selected.columns_left_out(),
        .urgency = Urgency::action,
        .doubted_if_empty = "unknown_sim"};
}

// Where the server does not know the selection, the other one is tried, and kept unless it fares no better.
asio::awaitable<Answer<Page>> Client::Impl::simcard(std::shared_ptr<Impl> self, std::string id)
{
    const auto tried = self->reading;
    auto page = co_await self->sim(id, tried);
    if (page || !is_about_the_reading(page.error()))
        co_return page;
    auto second = co_await self->sim(id, other_than(tried));
    if (!second && is_about_the_reading(second.error()))
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
        auto page = co_await caller->carry_out(call_of(id, selected, as));
        if (page || page.error().kind != FailureKind::schema || is_about_the_reading(page.error()))
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
        .time_left = self->request_timeout,
        .once = true,
        .urgency = Urgency::action};
    const auto assent = co_await self->caller->carry_out(std::move(call));
    co_return assent ? std::nullopt : std::optional(assent.error());
}

asio::awaitable<std::optional<Failure>> Client::Impl::login(std::shared_ptr<Impl> self)
{
    co_return co_await self->caller->log_in();
}

Client::Client(asio::any_io_executor executor, ClientOptions options, ClientObserver observer)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options), std::move(observer)))
{
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
    impl_->caller->close();
}

} // namespace simsync
