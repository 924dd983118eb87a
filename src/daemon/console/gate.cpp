#include "daemon/console/gate.hpp"

#include "daemon/log.hpp"
#include "daemon/problem.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace simsync
{
namespace
{

using boost::asio::awaitable;

using FixedHeader = std::pair<std::string_view, std::string_view>;

// Of every answer.
constexpr std::array<FixedHeader, 4> common_headers{{
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Content-Type-Options", "nosniff"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
}};

// Of what a browser shows as a page, or runs: nothing from elsewhere, nothing inline, no text made to markup,
// and nobody's frame.
constexpr std::array<FixedHeader, 2> page_headers{{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
}};

bool is_api(std::string_view path)
{
    return path.starts_with("/api/");
}

void set_security_headers(WebReply& reply, std::string_view path)
{
    for (const auto& [name, value] : common_headers)
        reply.set(name, std::string(value));
    if (!is_api(path))
        for (const auto& [name, value] : page_headers)
            reply.set(name, std::string(value));
    if (reply.header("Cache-Control").empty())
        reply.set("Cache-Control", "no-cache");
}

WebReply login_wanted(const Problem& problem, std::string_view path)
{
    auto reply = problem_reply(problem, path);
    reply.set("WWW-Authenticate", R"(Basic realm="simsync", charset="UTF-8")");
    return reply;
}

void log_refusal(const WebRequest& request, const WebReply& reply)
{
    log::debug(
        "", "refused a request for the console",
        {{"status", reply.status}, {"path", request.path}, {"peer", request.peer.address}});
}

} // namespace

Gate::Gate(
    AccessRules rules, std::vector<ConsoleLogin> logins, BlockingThread* hashing,
    std::span<const Asset> assets, WebHandler api)
    : rules_(std::move(rules)),
      logins_(std::move(logins), hashing),
      assets_(assets),
      api_(std::move(api))
{
}

awaitable<WebReply> Gate::answer(WebRequest request)
{
    const auto path = request.path;
    WebReply reply;
    if (auto refused = co_await refuse(request))
    {
        log_refusal(request, *refused);
        reply = std::move(*refused);
    }
    else if (!is_api(path))
        reply = asset_reply(assets_, request);
    else if (api_)
        reply = co_await api_(std::move(request));
    else
        reply = problem_json({404, "this simsync has no API", "", ""});
    set_security_headers(reply, path);
    co_return reply;
}

awaitable<std::optional<WebReply>> Gate::refuse(WebRequest& request)
{
    if (const auto problem = refuse_stranger(rules_, request))
        co_return problem_reply(*problem, request.path);
    if (rules_.asks_for_login)
        if (auto refused = co_await ask_to_log_in(request))
            co_return refused;
    // Behind a login of its own a proxy may still say which person it is.
    if (auto user = user_of_proxy(rules_, request); !user.empty())
        request.user = std::move(user);
    co_return std::nullopt;
}

awaitable<std::optional<WebReply>> Gate::ask_to_log_in(WebRequest& request)
{
    const std::string authorization{request.header("Authorization")};
    const std::string hint = "the users are those of [console] password_file";
    if (authorization.empty())
        co_return login_wanted({401, "the console asks for a login", "", hint}, request.path);
    auto answer = co_await logins_.verify(authorization, Logins::Clock::now());
    if (answer.verdict == LoginVerdict::busy)
        co_return problem_reply(
            {503, "too many logins are being looked at", "", "try again in a second"}, request.path);
    if (answer.verdict == LoginVerdict::wrong)
        co_return login_wanted({401, "the user or the password is wrong", "", hint}, request.path);
    request.user = std::move(answer.user);
    co_return std::nullopt;
}

} // namespace simsync
