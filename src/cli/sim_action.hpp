// What an operator does to a SIM.
#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "config/config.hpp"
#include "simsync/model/action.hpp"

namespace simsync::cli
{

// Writes the action down, has it carried out by whoever leads the account, by this very process where nobody
// does, and tells how it ended. Throws CommandError.
ExitCode
act(const Operation& operation, const Arguments& arguments, const Config& config,
    const AccountConfig& account);

} // namespace simsync::cli
