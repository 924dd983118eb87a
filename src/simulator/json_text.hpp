// Writing JSON by hand, for answers of half a megabyte that are built in one pass.
#pragma once

#include <string>
#include <string_view>

namespace simsync::simulator
{

// Appends `text` as a JSON string with its quotes; only what must be escaped is.
void append_quoted(std::string& out, std::string_view text);

} // namespace simsync::simulator
