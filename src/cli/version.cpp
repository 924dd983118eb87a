// `simsync version`.
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace simsync::cli
{

ExitCode version(const Arguments&)
{
    print("simsync " SIMSYNC_VERSION "\n");
    return ExitCode::done;
}

} // namespace simsync::cli
