// What a target says of its input: it holds, or the process ends here, as libFuzzer and the sanitizers
// expect.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace simsync::fuzz
{

// `property` is a sentence about what should have been.
inline void require(bool holds, std::string_view property, std::string_view seen = {})
{
    if (holds)
        return;
    std::fprintf(stderr, "VIOLATED: %.*s\n", static_cast<int>(property.size()), property.data());
    if (!seen.empty())
        std::fprintf(stderr, "seen: %.*s\n", static_cast<int>(seen.size()), seen.data());
    std::abort();
}

} // namespace simsync::fuzz
