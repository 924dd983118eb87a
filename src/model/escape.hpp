// Text from outside: what PostgreSQL can store of it, and how it goes into one line of a log or a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace simsync
{

// As much of an answer as an error may quote.
inline constexpr std::size_t quotable_bytes = 200;

// Well-formed UTF-8 without NUL: what a `text` column can hold.
bool storable(std::string_view text);

// Printable UTF-8 stays as it is; controls (C0, DEL, C1), line, direction and byte order marks and bytes that
// are no UTF-8 become \xNN, so that the result is one line which steers no terminal. Cut between characters
// to at most `limit` bytes.
std::string escape(std::string_view text, std::size_t limit = quotable_bytes);

// Replaces the secret wherever it stands, also where the text was cut in the middle of it.
std::string redact(std::string text, std::string_view secret);

} // namespace simsync
