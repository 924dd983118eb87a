// Where a list goes on: a sort and the key of the row before, as one word of a query string. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// Not secret and not signed: whoever reads it checks the sort, and binds the key as parameters.
struct Cursor
{
    std::string sort;                            // as the request spells it: "balance", "-balance"
    std::vector<std::optional<std::string>> key; // of the last row; empty: SQL null

    bool operator==(const Cursor&) const = default;
};

// base64url, without padding, of {"v":1,"s":"balance","k":["0.40","main","10000120"]}.
std::string cursor_text(const Cursor& cursor);

// Empty where that is none of ours: another version, no JSON, a key longer than any list's, text that no
// column can hold.
std::optional<Cursor> parse_cursor(std::string_view text);

} // namespace simsync
