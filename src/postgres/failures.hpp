// From what failed to what a caller can do about it (simsync/postgres/errors.hpp).
#pragma once

#include "postgres/sql_failure.hpp"
#include "postgres/url.hpp"
#include "simsync/postgres/errors.hpp"

#include <string>
#include <string_view>
#include <system_error>

namespace simsync
{

// Throws the StoreError that `failure` means, in one sentence, "cannot <doing> in <place>: <the server's
// words>". `alive`: the connection is still open.
[[noreturn]] void
throw_translated(const SqlFailure& failure, std::string_view doing, const std::string& place, bool alive);

// The same of an attempt to connect (postgres/connecting).
[[noreturn]] void throw_translated_connect(const SqlFailure& failure, const DatabaseUrl& url);

// The same where an event loop cannot wait on the connection's socket (io/socket_watch).
[[noreturn]] void throw_translated_watch(const std::system_error& error);

} // namespace simsync
