// Configuration for commands.
#include "cli/settings.hpp"

#include "cli/exit_code.hpp"
#include "cli/identity.hpp"

#include <algorithm>

namespace simsync::cli
{
namespace
{

std::string names_of(const Config& config)
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
        throw UsageError("no account \"" + name + "\" is configured", "configured are: " + names_of(config));
    return *found;
}

Config load(const CommonArguments& common, Secrets secrets)
{
    auto config = load_config(common.config, secrets);
    if (common.log_level)
        config.log.level = *common.log_level;
    if (common.database)
        config.database_url = *common.database;
    become_service_user(common.config, config);
    return config;
}

} // namespace

Config load_settings(const CommonArguments& common)
{
    return load(common, Secrets::tried);
}

Config load_database_settings(const CommonArguments& common)
{
    return load(common, Secrets::untouched);
}

const AccountConfig& chosen_account(const std::optional<std::string>& name, const Config& config)
{
    if (name)
        return find_account(*name, config);
    if (config.accounts.size() > 1)
        throw UsageError(
            "several accounts are configured and none is named",
            "add --account with one of: " + names_of(config));
    return config.accounts.front();
}

std::vector<AccountConfig> chosen_accounts(const std::vector<std::string>& names, const Config& config)
{
    if (names.empty())
        return config.accounts;
    std::vector<AccountConfig> chosen;
    for (const auto& name : names)
        if (std::ranges::find(chosen, name, &AccountConfig::name) == chosen.end())
            chosen.push_back(find_account(name, config));
    return chosen;
}

} // namespace simsync::cli
