// `simsync version`.
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace simsync::cli
{

ExitCode execute(const VersionCommand&, const CommonArguments&)
{
    print("simsync " SIMSYNC_VERSION "\n");
    return ExitCode::done;
}

} // namespace simsync::cli
