// Comma-separated values, RFC 4180. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace simsync::cli
{

// Quoted where it has to be.
std::string csv_field(std::string_view text);

// The records of a text, each with its fields; lines end with CRLF or LF, and quoted fields may hold both. A
// quote that is not closed ends with the text: of a file that was cut short what is there is read.
std::vector<std::vector<std::string>> csv_records(std::string_view text);

} // namespace simsync::cli
