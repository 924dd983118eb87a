#include "daemon/console/site.hpp"

#include "daemon/console/asset.hpp"
#include "daemon/console/endpoints.hpp"
#include "daemon/console/kept_texts.hpp"
#include "daemon/console/parameters.hpp"
#include "daemon/console/question.hpp"
#include "daemon/console/stream.hpp"
#include "daemon/console/trouble.hpp"
#include "daemon/percent_escapes.hpp"
#include "model/escape.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

namespace simsync
{
namespace
{

using boost::asio::awaitable;

// What a path asks for. In the templates {…} stands for any one segment.
enum class Endpoint
{
    session,
    overview,
    sims,
    sims_csv,
    sim,
    balances,
    events,
    events_csv,
    stream,
    sweeps,
    removals,
    actions,
    dictionary,
};

struct Route
{
    Endpoint endpoint;
    std::string_view path;
};

constexpr std::array routes{
    Route{Endpoint::session, "/api/session"},
    Route{Endpoint::overview, "/api/overview"},
    Route{Endpoint::sims, "/api/sims"},
    Route{Endpoint::sims_csv, "/api/sims.csv"},
    Route{Endpoint::sim, "/api/sims/{account}/{id}"},
    Route{Endpoint::balances, "/api/sims/{account}/{id}/balances"},
    Route{Endpoint::events, "/api/events"},
    Route{Endpoint::events_csv, "/api/events.csv"},
    Route{Endpoint::stream, "/api/stream"},
    Route{Endpoint::sweeps, "/api/accounts/{account}/sweeps"},
    Route{Endpoint::removals, "/api/accounts/{account}/removals"},
    Route{Endpoint::actions, "/api/accounts/{account}/actions"},
    Route{Endpoint::dictionary, "/api/dictionary"},
};

std::vector<std::string_view> segments_of(std::string_view path)
{
    std::vector<std::string_view> segments;
    for (std::size_t begin = 0; begin <= path.size();)
    {
        const auto end = std::min(path.find('/', begin), path.size());
        segments.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return segments;
}

bool is_placeholder(std::string_view segment)
{
    return segment.starts_with('{');
}

bool fits(std::string_view path, const Route& route)
{
    const auto segments = segments_of(path);
    const auto expected = segments_of(route.path);
    return std::ranges::equal(
        segments, expected,
        [](auto segment, auto wanted)
        { return is_placeholder(wanted) ? !segment.empty() : segment == wanted; });
}

const Route* route_of(std::string_view path)
{
    const auto found = std::ranges::find_if(routes, [path](const Route& route) { return fits(path, route); });
    return found == routes.end() ? nullptr : &*found;
}

// What stands in the places of {account} and {id}, in their order.
std::vector<std::string> arguments_in(std::string_view path, const Route& route)
{
    const auto segments = segments_of(path);
    const auto expected = segments_of(route.path);
    std::vector<std::string> arguments;
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (is_placeholder(expected[i]))
            arguments.push_back(percent_decoded(segments[i]));
    return arguments;
}

WebReply no_such_path(std::string_view path)
{
    return problem_json(
        {404, "there is no " + escape(path) + " here", "",
         "the paths of the API are in src/console/API.md; /api/session is one"});
}

std::string hex(std::uint64_t number)
{
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr unsigned bits = 64;
    std::string text;
    for (unsigned shift = bits; shift > 0; shift -= 4)
        text += digits[(number >> (shift - 4)) & 0xFU];
    return text;
}

// Saves the transfer, not the question.
void tag(WebReply& reply, const WebRequest& request)
{
    auto* const body = std::get_if<std::string>(&reply.body);
    if (reply.status != 200 || body == nullptr)
        return;
    const auto etag = '"' + hex(XXH3_64bits(body->data(), body->size())) + '"';
    reply.set("ETag", etag);
    reply.set("Cache-Control", "no-cache");
    if (names_tag(request.header("If-None-Match"), etag))
    {
        reply.status = 304;
        body->clear();
    }
}

} // namespace

std::string_view endpoint_of(std::string_view path)
{
    if (path == "/")
        return "/";
    if (path.starts_with("/assets/"))
        return "/assets/";
    const auto* const route = route_of(path);
    return route == nullptr ? "other" : route->path;
}

struct Site::Impl : std::enable_shared_from_this<Site::Impl>
{
    Impl(
        const boost::asio::any_io_executor& executor, ConsoleMetrics& metrics,
        const std::function<void()>& rests)
        : trouble(metrics),
          endpoints(executor, trouble, kept, rests),
          streams(executor, endpoints.lane(), trouble, kept, metrics, rests)
    {
    }

    awaitable<WebReply> answer(WebRequest request);
    awaitable<WebReply> reply_to(const WebRequest& request);
    awaitable<WebReply> ask(const Route& route, const WebRequest& request);
    WebReply open_stream(const WebRequest& request);

    DatabaseTrouble trouble;
    KeptTexts kept;
    Endpoints endpoints;
    LiveStreams streams;
    bool stopping = false;
};

awaitable<WebReply> Site::Impl::answer(WebRequest request)
{
    auto reply = co_await reply_to(request);
    tag(reply, request);
    // What streams lives from this.
    if (auto* const body = std::get_if<WebStream>(&reply.body))
        reply.body = WebStream([self = shared_from_this(), stream = std::move(*body)](ChunkWriter& chunks)
                               { return stream(chunks); });
    co_return reply;
}

awaitable<WebReply> Site::Impl::reply_to(const WebRequest& request)
{
    const auto* const route = route_of(request.path);
    if (route == nullptr)
        co_return no_such_path(request.path);
    if (stopping)
        co_return problem_json({503, "simsync stops", "", "ask again when it runs"});
    std::exception_ptr failure;
    try
    {
        auto reply = co_await ask(*route, request);
        if (reply.status == 200 && route->endpoint != Endpoint::stream)
            trouble.answered();
        co_return reply;
    }
    catch (const StoreError& error)
    {
        trouble.failed(error);
        failure = std::current_exception();
    }
    catch (const QueueFull&)
    {
        failure = std::current_exception();
    }
    const bool searches = !Parameters(request.query, {"q"}).text("q").value_or("").empty();
    co_return problem_json(problem_of(failure, searches));
}

awaitable<WebReply> Site::Impl::ask(const Route& route, const WebRequest& request)
{
    const auto& query = request.query;
    const auto arguments = arguments_in(request.path, route);
    if (!std::ranges::all_of(arguments, storable))
        co_return no_such_path(request.path);
    const auto account = arguments.empty() ? std::string{} : arguments.front();
    const auto id = arguments.size() < 2 ? std::string{} : arguments.back();
    switch (route.endpoint)
    {
    case Endpoint::session:
        co_return co_await endpoints.session(query, request.user);
    case Endpoint::overview:
        co_return co_await endpoints.overview(query);
    case Endpoint::sims:
        co_return co_await endpoints.sims(query);
    case Endpoint::sims_csv:
        co_return co_await endpoints.sims_csv(query);
    case Endpoint::sim:
        co_return co_await endpoints.sim(account, id, query);
    case Endpoint::balances:
        co_return co_await endpoints.balances(account, id, query);
    case Endpoint::events:
        co_return co_await endpoints.events(query);
    case Endpoint::events_csv:
        co_return co_await endpoints.events_csv(query);
    case Endpoint::stream:
        co_return open_stream(request);
    case Endpoint::sweeps:
        co_return co_await endpoints.sweeps(account, query);
    case Endpoint::removals:
        co_return co_await endpoints.removals(account, query);
    case Endpoint::actions:
        co_return co_await endpoints.actions(account, query);
    case Endpoint::dictionary:
        co_return co_await endpoints.dictionary(query);
    }
    co_return no_such_path(request.path);
}

WebReply Site::Impl::open_stream(const WebRequest& request)
{
    auto asked = stream_question(request.query);
    if (const auto* const problem = std::get_if<Problem>(&asked))
        return problem_json(*problem);
    return streams.open(
        std::get<StreamAsked>(std::move(asked)), std::string(request.header("Last-Event-ID")));
}

Site::Site(
    const boost::asio::any_io_executor& executor, const std::string& database_url, ConsoleMetrics& metrics,
    const std::function<void()>& rests)
    : impl_(std::make_shared<Impl>(executor, metrics, rests))
{
    read_from(database_url);
}

Site::~Site()
{
    stop();
    impl_->streams.join();
    impl_->endpoints.join();
}

WebHandler Site::api() const
{
    return [impl = impl_](WebRequest request) { return impl->answer(std::move(request)); };
}

void Site::read_from(const std::string& database_url)
{
    impl_->endpoints.read_from(database_url);
    impl_->streams.read_from(database_url);
}

void Site::stop()
{
    impl_->stopping = true;
    impl_->streams.stop();
    impl_->endpoints.stop();
}

bool Site::has_left() const
{
    return impl_->streams.is_idle() && impl_->endpoints.is_idle();
}

} // namespace simsync
