#include "daemon/probe_pages.hpp"

#include <utility>

namespace simsync
{
namespace
{

constexpr const char* plain = "text/plain; charset=utf-8";
constexpr const char* prometheus_text = "text/plain; version=0.0.4; charset=utf-8";

void set_nothing_but_text(WebReply& reply)
{
    reply.set("X-Content-Type-Options", "nosniff");
    reply.set("Referrer-Policy", "no-referrer");
    reply.set("Cross-Origin-Resource-Policy", "same-origin");
    reply.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

WebReply page(unsigned status, const char* type, std::string body)
{
    WebReply reply{status, {{"Content-Type", type}, {"Cache-Control", "no-store"}}, std::move(body)};
    set_nothing_but_text(reply);
    return reply;
}

} // namespace

WebReply health_page()
{
    return page(200, plain, "ok\n");
}

WebReply readiness_page(Readiness readiness)
{
    return page(readiness.ready ? 200 : 503, plain, std::move(readiness.reason));
}

WebReply metrics_page(std::string text)
{
    return page(200, prometheus_text, std::move(text));
}

WebReply refusal_page(const Problem& problem, std::string_view path)
{
    auto reply = problem_reply(problem, path);
    set_nothing_but_text(reply);
    return reply;
}

} // namespace simsync
