// `simsync --help`, `simsync COMMAND --help`.
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace simsync::cli
{

ExitCode execute(const HelpCommand& command, const CommonArguments&)
{
    print(command.text);
    return ExitCode::done;
}

} // namespace simsync::cli
