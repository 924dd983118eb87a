#include "cli/confirmation.hpp"

#include "cli/exit_code.hpp"

#include <unistd.h>

#include <iostream>
#include <string>

namespace simsync::cli
{

void require_confirmation(bool yes)
{
    if (yes)
        return;
    if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
        throw UsageError(
            "nothing was done: it was not told --yes", "look at what it would do, then add --yes");
    std::cerr << "Do it? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes")
        throw UsageError("nothing was done", "--yes answers beforehand");
}

} // namespace simsync::cli
