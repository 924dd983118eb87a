// The log: one line for each entry, on stderr, by spdlog. Whatever stands in a message, it stays one line and
// steers no terminal. Called by daemon and cli only: what lies below them reports and does not log.
#pragma once

#include "daemon/config.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync::log
{

using Fields = std::vector<std::pair<std::string, std::string>>;

// Takes level and format: `text` for people, `json` one object a line, `journal` with the priority that
// journald reads (sd-daemon(3)); `auto` is `journal` where stderr is the journal, else `text`. May be called
// again. Until it was, entries from `info` on are written as text.
void set_up(const LogConfig& config);

// `account` may be empty: the entry is about the whole process.
void debug(std::string_view account, std::string_view message, const Fields& fields = {});
void info(std::string_view account, std::string_view message, const Fields& fields = {});
void warn(std::string_view account, std::string_view message, const Fields& fields = {});
void error(std::string_view account, std::string_view message, const Fields& fields = {});

} // namespace simsync::log
