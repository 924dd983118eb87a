// From what libpqxx throws to what a caller can do about it (simsync/store/errors.hpp).
#pragma once

#include "postgres/url.hpp"

#include <string>
#include <string_view>

namespace simsync
{

// Call it where a pqxx exception is being handled: throws the StoreError that it means, in one sentence,
// "cannot <doing> in <place>: <the server's words>". `alive`: the connection is still open.
[[noreturn]] void throw_translated(std::string_view doing, const std::string& place, bool alive);

// The same for an attempt to connect, which libpqxx reports without an SQLSTATE.
[[noreturn]] void throw_translated_connect(const DatabaseUrl& url);

} // namespace simsync
