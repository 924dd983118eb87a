// From a failed statement to what a caller can do about it (simsync/store/errors.hpp).
#pragma once

#include "postgres/sql_failure.hpp"
#include "postgres/url.hpp"

#include <string>
#include <string_view>

namespace simsync
{

// Throws the StoreError that `failure` means, in one sentence, "cannot <doing> in <place>: <the server's
// words>". `alive`: the connection is still open.
[[noreturn]] void
throw_translated(const SqlFailure& failure, std::string_view doing, const std::string& place, bool alive);

// The same of an attempt to connect (postgres/connecting).
[[noreturn]] void throw_translated_connect(const SqlFailure& failure, const DatabaseUrl& url);

} // namespace simsync
