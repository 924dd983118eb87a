// JSON texts that no parser takes although one value alone is at fault.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

// Stands at the front of a text in place of a value that cannot be read: no UTF-8 begins with it. What
// follows is the value as it was written, cut to what an error may quote.
inline constexpr char unreadable_mark = '\xFE';

// The text with every value that stops the parser marked as unreadable, and all others as they are: a raw
// control character or half a surrogate pair in a text, NaN, .5, +1, 0x1F, True, a value that is missing.
// What is no value is put right: a comma too many, a byte order mark or another odd blank between values. A
// quotation mark ends a text only where something else may follow, so that one inside of it does no harm.
// Nothing is added to a text that is cut. Empty where the fault lies elsewhere, or deeper than `deepest`.
std::optional<std::string> sanitize_json(std::string_view json, std::size_t deepest);

} // namespace simsync
