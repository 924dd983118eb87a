// Configuration for commands.
#include "cli/settings.hpp"

#include "cli/exit_code.hpp"
#include "cli/identity.hpp"

#include <algorithm>

namespace simsync::cli
{
namespace
{

std::string names(const Config& config)
{
    std::string text;
    for (const auto& account : config.accounts)
        text.append(text.empty() ? "" : ", ").append(account.name);
    return text;
}

const AccountConfig& find_account(const std::string& name, const Config& config)
{
    const auto found = std::ranges::find(config.accounts, name, &AccountConfig::name);
    if (found == config.accounts.end())
        throw UsageError("no account \"" + name + "\" is configured", "configured are: " + names(config));
    return *found;
}

Config load(const Arguments& arguments, Secrets secrets)
{
    auto config = load_config(arguments.config, secrets);
    if (arguments.log_level)
        config.log.level = *arguments.log_level;
    if (arguments.database)
        config.database_url = *arguments.database;
    become_service_user(arguments.config, config);
    return config;
}

} // namespace

Config load_settings(const Arguments& arguments)
{
    return load(arguments, Secrets::tried);
}

Config load_database_settings(const Arguments& arguments)
{
    return load(arguments, Secrets::untouched);
}

const AccountConfig& chosen_account(const Arguments& arguments, const Config& config)
{
    if (!arguments.accounts.empty())
        return find_account(arguments.accounts.front(), config);
    if (config.accounts.size() > 1)
        throw UsageError(
            "several accounts are configured and none is named",
            "add --account with one of: " + names(config));
    return config.accounts.front();
}

std::vector<AccountConfig> chosen_accounts(const Arguments& arguments, const Config& config)
{
    if (arguments.accounts.empty())
        return config.accounts;
    std::vector<AccountConfig> chosen;
    for (const auto& name : arguments.accounts)
        if (std::ranges::find(chosen, name, &AccountConfig::name) == chosen.end())
            chosen.push_back(find_account(name, config));
    return chosen;
}

} // namespace simsync::cli
