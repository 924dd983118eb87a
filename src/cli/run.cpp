// `simsync run`: the daemon. Calls daemon/service.
#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "daemon/log.hpp"
#include "daemon/service.hpp"

namespace simsync::cli
{

ExitCode run(const Arguments& arguments)
{
    auto config = load_settings(arguments);
    log::set_up(config.log);
    serve(std::move(config), [&arguments] { return load_settings(arguments); });
    return ExitCode::done;
}

} // namespace simsync::cli
