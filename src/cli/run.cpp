// `simsync run`: the daemon.
#include "cli/commands.hpp"
#include "cli/identity.hpp"
#include "cli/settings.hpp"
#include "config/handed_over.hpp"
#include "daemon/log.hpp"
#include "daemon/service.hpp"

namespace simsync::cli
{

ExitCode execute(const RunCommand&, const CommonArguments& common)
{
    log::set_up({}); // a configuration that cannot be read is told in the journal, too
    complain_in_the_log();
    auto config = load_settings(common);
    log::set_up(config.log);
    const bool was_root = !person_behind().empty();
    if (was_root)
        log::warn("", "was started as root and runs as user simsync from here on");
    const HandedOver secrets{config, was_root ? HandedOver::Rights::given_up : HandedOver::Rights::kept};
    serve(
        std::move(config),
        [&common, &secrets]
        {
            auto next = load_settings(common);
            secrets.require_current(next);
            return next;
        });
    return ExitCode::done;
}

} // namespace simsync::cli
