// stdout. Calls nobody; called by the commands.
#include "cli/output.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace simsync::cli
{

bool print(std::string_view text)
{
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written && errno != EPIPE)
        throw std::system_error(errno, std::generic_category(), "writing to stdout");
    return written;
}

} // namespace simsync::cli
