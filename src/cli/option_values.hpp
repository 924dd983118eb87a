// What may stand on the command line as a value, and what is said of anything else. Pure; each throws
// UsageError.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::cli
{

// Of digits alone, for "010" is ten and not eight; `least` or more.
std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t least);

// A command line is seen by every user of the machine: the url must hold no password, and nothing of it is
// quoted.
void require_database_url(const std::string& url);

void require_log_level(const std::string& level);

// Every one a kind of event.
void require_kinds(const std::vector<std::string>& kinds);

// `command`: as typed, "simsync sim".
void require_verb(
    const std::string& command, const std::string& verb, std::span<const std::string_view> verbs);

} // namespace simsync::cli
