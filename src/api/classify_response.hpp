// What an HTTP reply means before its body is read as a page: a status, a content type → a Failure or none.
// Pure.
#pragma once

#include "io/http_client.hpp"
#include "simsync/model/failure.hpp"

#include <chrono>
#include <optional>

namespace simsync
{

// Status and headers decide first; a body that could not be had is told only where they are content. Of a
// query: 401 is `unauthorized`, 429 and 503 with a usable Retry-After `throttled`, 403 without a word of JSON
// `blocked`, 400 with `errors` `schema`; `errors` that name the token are `unauthorized` beside any status.
// `local_now` stands in for the reply's `Date` where it has none.
std::optional<Failure> classify_query_response(const HttpReply& reply, std::chrono::sys_seconds local_now);

// Of a login or refresh: every way of the API to say no to the credentials is `unauthorized`. Quotes nothing
// of the body.
std::optional<Failure> classify_login_response(const HttpReply& reply, std::chrono::sys_seconds local_now);

} // namespace simsync
