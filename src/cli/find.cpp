// `simsync find`: the mirror's SIMs by what people know of them.
#include "cli/commands.hpp"
#include "cli/found_text.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "model/escape.hpp"
#include "simsync/store/reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simsync::cli
{

ExitCode execute(const FindCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    std::optional<std::vector<std::string>> accounts;
    if (command.account)
        accounts = {chosen_account(command.account, config).name};
    Reader reader(config.database_url);
    const auto limit = static_cast<std::size_t>(command.limit);
    auto found = reader.find(command.term, accounts, limit + 1);
    const bool more = found.size() > limit;
    if (more)
        found.pop_back();
    if (command.json)
        print(found_json(command.term, found, more));
    else if (!found.empty())
        print(found_table(found));
    if (found.empty())
    {
        constexpr std::size_t longest_term = 64;
        complain(
            "the mirror has no SIM that \"" + escape(command.term, longest_term) + "\" fits",
            "what fits: an id, the end of an ICCID, an IMEI, the end of a number, a part of the description");
        return ExitCode::data;
    }
    if (more && !command.json)
        print("… and more: a longer term, or --limit\n");
    return ExitCode::done;
}

} // namespace simsync::cli
