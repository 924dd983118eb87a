// stdout.
#include "cli/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace simsync::cli
{
namespace
{

// Another program that shares the terminal or pipe may have made it non-blocking.
void wait_for_reader()
{
    pollfd stdout_is{STDOUT_FILENO, POLLOUT, 0};
    poll(&stdout_is, 1, -1);
}

} // namespace

// Written past stdio, which would try again at exit to write what it could not.
bool print(std::string_view text)
{
    while (!text.empty())
    {
        const auto written = write(STDOUT_FILENO, text.data(), text.size());
        if (written >= 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EPIPE)
            return false;
        else if (errno == EAGAIN)
            wait_for_reader();
        else if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "writing to stdout");
    }
    return true;
}

} // namespace simsync::cli
