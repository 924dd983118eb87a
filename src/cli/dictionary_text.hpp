// The data dictionary as Markdown. Pure.
#pragma once

#include "store/dictionary.hpp"

#include <string>

namespace simsync::cli
{

// A heading and a table for each relation, then functions and roles (GitHub Flavored Markdown).
std::string dictionary_text(const Dictionary& dictionary);

} // namespace simsync::cli
