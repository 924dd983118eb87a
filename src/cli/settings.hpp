// What a command takes from the configuration.
#pragma once

#include "cli/arguments.hpp"
#include "config/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simsync::cli
{

// Loads --config and applies --log-level; root then becomes the service's user where the configuration is the
// installed one (cli/identity). Throws ConfigError.
Config load_settings(const CommonArguments& common);

// The same for commands that work with the database alone: the schema's owner or an analyst runs them, and
// may not read the API's passwords. Applies --database.
Config load_database_settings(const CommonArguments& common);

// The account named by --account, or the only one. Throws UsageError where there are several or it is not
// configured.
const AccountConfig& chosen_account(const std::optional<std::string>& name, const Config& config);

// All that are named, each once, or all there are.
std::vector<AccountConfig> chosen_accounts(const std::vector<std::string>& names, const Config& config);

} // namespace simsync::cli
