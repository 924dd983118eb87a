// What may stand on the command line as a value, and what is said of anything else. Pure; each throws
// UsageError.
#pragma once

#include "simsync/model/time.hpp"

#include <cstdint>
#include <initializer_list>
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

// The kinds of events that the patterns cover, each once: "tariff.*" is several.
std::vector<std::string> kinds_like(const std::vector<std::string>& patterns);

// A match (model/event_match) for what caused an event.
std::string match_of_cause(const std::string& cause);
void require_match(const std::string& match);

// RFC 3339, as in "2026-11-29T08:00:00Z" (no zone: UTC; no time: midnight), what else model/date reads
// ("2026-11-29 08:00"), or so long before `now`: "2h".
Timestamp point_in_time(const std::string& option, const std::string& text, Timestamp now);

// An option, and whether it was given.
struct GivenOption
{
    const char* name; // "--follow"
    bool given;
};

// Throws where `option` was given and one of the others too.
void require_one(
    const GivenOption& option, std::initializer_list<GivenOption> others, const std::string& hint);

// `command`: as typed, "simsync sim".
void require_verb(
    const std::string& command, const std::string& verb, std::span<const std::string_view> verbs);

} // namespace simsync::cli
