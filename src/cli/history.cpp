// `simsync history`: what the mirror knows of one SIM.
#include "cli/commands.hpp"
#include "cli/event_text.hpp"
#include "cli/history_text.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/sim_choice.hpp"
#include "cli/text.hpp"

#include <limits>

namespace simsync::cli
{

ExitCode execute(const HistoryCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    Reader reader(config.database_url);
    const auto chosen = choose_sim(reader, command.sim, command.account, config);
    const auto& account = chosen.account->name;
    const auto& id = chosen.id;
    const auto life = reader.life(account, id);
    if (!life)
        throw CommandError(
            ExitCode::data, "the mirror of account \"" + account + "\" has no SIM \"" + id + '"',
            "simsync find looks for it by the end of its ICCID, a number, an IMEI, a part of its "
            "description");
    const auto events = reader.events({account, {}, id}, {}, std::numeric_limits<std::int32_t>::max());
    if (command.json)
        print(history_json(*life, events));
    else
        print(history_text(
            *life, events, std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
            stdout_takes_colour() ? event_line_in_colour : event_line));
    return ExitCode::done;
}

} // namespace simsync::cli
