// stdout for results: complains when it cannot be written, ends quietly when the reader has gone.
#pragma once

#include <string_view>

namespace simsync::cli
{

// Writes the whole text at once. False where the reader has gone (EPIPE): stop, that is no error.
// Throws std::system_error for anything else, a full disk for example.
bool print(std::string_view text);

} // namespace simsync::cli
