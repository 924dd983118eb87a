// The head of a request as it was sent: is it one that the HTTP port serves? Pure.
#pragma once

#include "daemon/problem.hpp"
#include "daemon/web_message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

// Of a target, in bytes; longer ones are refused before anybody reads them.
inline constexpr std::size_t longest_query = std::size_t{4} << 10U;

struct RequestHead
{
    std::string method; // as it was sent: HTTP has them in capitals
    std::string target;
    WebHeaders headers;
    bool has_body = false; // one that is announced, whether or not it is there yet
};

// Why it gets no answer; empty where it is a GET or a HEAD of a path, without a body, that names one Host at
// most.
std::optional<Problem> problem_of(const RequestHead& head);

// "/api/sims?q=1" → "/api/sims".
std::string_view path_of(std::string_view target);

// For a head without a problem.
WebRequest request_of(RequestHead head, Peer peer);

} // namespace simsync
