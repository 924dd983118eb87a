// "Did you mean …?": the known word that a mistyped one stands for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace simsync
{

// The candidate with the fewest typing errors (letters missing, superfluous, wrong or swapped; upper and
// lower case are the same letter), the first of several. Empty where every candidate is too far off to be
// what was meant.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

// A hint that names the nearest candidate, or all of them where none is near:
// `did you mean "offset"?` or `one of auto, keyset, offset`.
std::string hint_at(std::string_view word, std::span<const std::string_view> candidates);

} // namespace simsync
