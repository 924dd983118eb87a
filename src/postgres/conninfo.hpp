// What a connection string says, keyword by keyword, by libpq's own parser.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace simsync
{

using ConninfoOptions = std::map<std::string, std::string>;

// What a libpq URI or conninfo string says itself; empty where it is neither.
std::optional<ConninfoOptions> parse_conninfo(const std::string& conninfo);

// What libpq takes where a string leaves it open: its environment, a service that this names, and its own.
ConninfoOptions conninfo_defaults();

// `keyword` of the one, else of the other, else "".
std::string
first_of(const ConninfoOptions& options, const ConninfoOptions& defaults, const std::string& keyword);

// The string that says so: for libpq only, it may hold a password.
std::string conninfo_of(const ConninfoOptions& options);

} // namespace simsync
