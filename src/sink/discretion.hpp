// What a receiver says may repeat what it was asked with: its own address, whose path may be a secret, or the
// secret itself. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace simsync
{

// Does the text hold a word of one of them, or a good part of one? Rather once too often: then it is not
// shown.
bool gives_away(std::string_view text, std::span<const std::string> secrets);

} // namespace simsync
