// The log: one line for each entry, on stderr, by spdlog. Whatever stands in a message, it stays one line and
// steers no terminal. For daemon and cli only: what lies below them reports and does not log.
#pragma once

#include "config/config.hpp"

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync::log
{

// Of a field: text, or a whole number, which stays one in JSON.
class Value
{
public:
    // NOLINTBEGIN(google-explicit-constructor): fields are written as {{"sweep", 12}, {"error", text}}
    Value(std::string text) : text_(std::move(text)) {}
    Value(std::string_view text) : text_(text) {}
    Value(const char* text) : text_(text) {}
    template<std::integral Number>
    Value(Number number) : text_(std::to_string(number)),
                           is_number_(true)
    {
    }
    // NOLINTEND(google-explicit-constructor)

    const std::string& text() const noexcept { return text_; }
    bool is_number() const noexcept { return is_number_; }

private:
    std::string text_;
    bool is_number_ = false;
};

using Fields = std::vector<std::pair<std::string, Value>>;

// Hands an entry to journald as its fields, each "NAME=value"; false where it is not there to take them.
using Journal = std::function<bool(const std::vector<std::string>& fields)>;
bool send_to_journald(const std::vector<std::string>& fields);

// Takes level and format: `text` for people; `json` one object a line; `journal` for journald, as fields
// where stderr is the journal, else as lines with a priority, which it takes off again (sd-daemon(3)); `auto`
// is `journal` where stderr is the journal, else `text`. May be called again. Until it was, entries from
// `info` on are written as text.
void set_up(const LogConfig& config, Journal journal = send_to_journald);

// Is it written for people to read as it is?
bool is_text();

// `account` may be empty: the entry is about the whole process. `fields` belong to the message; `facts` are
// what it says already, in a form for programs: text leaves them out.
void debug(
    std::string_view account, std::string_view message, const Fields& fields = {}, const Fields& facts = {});
void info(
    std::string_view account, std::string_view message, const Fields& fields = {}, const Fields& facts = {});
void warn(
    std::string_view account, std::string_view message, const Fields& fields = {}, const Fields& facts = {});
void error(
    std::string_view account, std::string_view message, const Fields& fields = {}, const Fields& facts = {});

} // namespace simsync::log
