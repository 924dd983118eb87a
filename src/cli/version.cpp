// `simsync version`.
#include "cli/commands.hpp"

#include <cstdio>

namespace simsync::cli
{

ExitCode version(const Arguments&)
{
    std::puts("simsync " SIMSYNC_VERSION);
    return ExitCode::done;
}

} // namespace simsync::cli
