// `simsync actions`: who did what to which SIM, and how it ended.
#include "cli/action_text.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/sim_choice.hpp"

namespace simsync::cli
{

ExitCode execute(const ActionsCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    ActionFilter filter;
    filter.last = static_cast<std::size_t>(command.last);
    if (command.account)
        filter.account = chosen_account(command.account, config).name;
    if (command.sim)
    {
        Reader reader{config.database_url};
        const auto chosen = choose_sim(reader, *command.sim, command.account, config);
        filter.account = chosen.account->name;
        filter.sim = chosen.id;
    }
    const auto actions = past_actions(config.database_url, filter);
    if (command.json)
        print(past_actions_json(actions));
    else if (actions.empty())
        print("nobody has asked for any\n");
    else
        print(past_actions_table(actions));
    return ExitCode::done;
}

} // namespace simsync::cli
