// `simsync account retire NAME`: the end of an account that is no longer configured.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "store/retirement.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

Timestamp now()
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Retirement retire(const CommonArguments& common, const Config& config, const std::string& name)
{
    if (std::ranges::find(config.accounts, name, &AccountConfig::name) != config.accounts.end())
        throw UsageError(
            "account \"" + name + "\" is configured, so it is not retired",
            "take it out of " + common.config + ", let simsync reload it, then retire it");
    const auto retirement = retire_account(config.database_url, name, now());
    if (retirement.led)
        throw CommandError(
            ExitCode::try_again, "an instance of simsync still mirrors account \"" + name + '"',
            "take it out of that instance's configuration too, reload it, then retire it");
    if (!retirement.known)
        throw UsageError(
            "the mirror has no account \"" + name + '"', "their names are in the view simsync.account");
    return retirement;
}

} // namespace

ExitCode execute(const AccountRetireCommand& command, const CommonArguments& common)
{
    const auto& name = command.name;
    const auto retirement = retire(common, load_database_settings(common), name);
    auto text = name + ": retired; " + grouped(static_cast<std::int64_t>(retirement.conditions)) +
                " conditions ended, rows and events stay\n";
    if (command.json)
        text = json::serialize(json::object{
                   {"account", name}, {"retired", true}, {"conditions", retirement.conditions}}) +
               '\n';
    print(text);
    return ExitCode::done;
}

} // namespace simsync::cli
