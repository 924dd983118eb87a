// The commands of contract §1, one file each. Each prints its result on stdout and returns the exit code;
// what goes wrong is thrown and told by main.
#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace simsync::cli
{

ExitCode run(const Arguments& arguments);
ExitCode reload(const Arguments& arguments);
ExitCode sync(const Arguments& arguments);
ExitCode migrate_schema(const Arguments& arguments);
ExitCode check(const Arguments& arguments);
ExitCode status(const Arguments& arguments);
ExitCode events(const Arguments& arguments);
ExitCode history(const Arguments& arguments);
ExitCode removals(const Arguments& arguments);
ExitCode account(const Arguments& arguments);
ExitCode sim(const Arguments& arguments);
ExitCode schema(const Arguments& arguments);
ExitCode version(const Arguments& arguments);

} // namespace simsync::cli
