// stdout. Calls nobody; called by the commands.
#include "cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace simsync::cli
{

// Past stdio: what it still held after a failure would be tried again at exit.
bool print(std::string_view text)
{
    while (!text.empty())
    {
        const auto written = write(STDOUT_FILENO, text.data(), text.size());
        if (written >= 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EPIPE)
            return false;
        else if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "writing to stdout");
    }
    return true;
}

} // namespace simsync::cli
