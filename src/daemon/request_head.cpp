#include "daemon/request_head.hpp"

#include "daemon/percent_escapes.hpp"
#include "model/ascii.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

// What follows the first '?'.
std::string_view query_of(std::string_view target)
{
    const auto mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

bool is_host(const WebHeaders::value_type& header)
{
    return equal_in_any_case(header.first, "Host");
}

} // namespace

std::optional<Problem> problem_of(const RequestHead& head)
{
    if (head.method != "GET" && head.method != "HEAD")
        return Problem{405, "GET and HEAD only", "", "what is done to a SIM is asked for by: simsync sim"};
    if (head.has_body)
        return Problem{400, "the request has a body", "", "GET and HEAD have none here"};
    if (std::ranges::count_if(head.headers, is_host) > 1)
        return Problem{400, "the request names more than one Host", "", ""};
    if (!head.target.starts_with('/'))
        return Problem{400, "the target is no path", "", "it begins with a slash, as in /healthz"};
    if (!has_good_escapes(head.target))
        return Problem{400, "the target has a bad percent escape", "", "% itself is written %25"};
    if (query_of(head.target).size() > longest_query)
        return Problem{414, "the query is too long", "", "4 KiB are taken"};
    return std::nullopt;
}

std::string_view path_of(std::string_view target)
{
    return target.substr(0, target.find('?'));
}

WebRequest request_of(RequestHead head, Peer peer)
{
    WebRequest request;
    request.path = path_of(head.target);
    request.query = query_of(head.target);
    request.method = std::move(head.method);
    request.headers = std::move(head.headers);
    request.peer = std::move(peer);
    return request;
}

} // namespace simsync
