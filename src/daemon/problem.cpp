#include "daemon/problem.hpp"

#include <boost/json.hpp>

namespace simsync
{
namespace
{

constexpr unsigned unavailable = 503;

void set_common(WebReply& reply)
{
    reply.set("Cache-Control", "no-store");
    if (reply.status == unavailable)
        reply.set("Retry-After", "1");
}

WebReply problem_text(const Problem& problem)
{
    WebReply reply;
    reply.status = problem.status;
    reply.set("Content-Type", "text/plain; charset=utf-8");
    set_common(reply);
    auto text = problem.title + '\n';
    if (!problem.detail.empty())
        text += problem.detail + '\n';
    if (!problem.hint.empty())
        text += "HINT: " + problem.hint + '\n';
    reply.body = std::move(text);
    return reply;
}

} // namespace

WebReply problem_json(const Problem& problem)
{
    WebReply reply;
    reply.status = problem.status;
    reply.set("Content-Type", "application/problem+json");
    set_common(reply);
    boost::json::object object{{"type", "about:blank"}, {"title", problem.title}, {"status", problem.status}};
    if (!problem.detail.empty())
        object["detail"] = problem.detail;
    if (!problem.hint.empty())
        object["hint"] = problem.hint;
    reply.body = boost::json::serialize(object) + '\n';
    return reply;
}

WebReply problem_reply(const Problem& problem, std::string_view path)
{
    return path == "/api" || path.starts_with("/api/") ? problem_json(problem) : problem_text(problem);
}

} // namespace simsync
