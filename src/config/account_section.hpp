// One `[[account]]` of the configuration. Calls config_reader, config_filter and io/endpoint; called by
// config.cpp.
#pragma once

#include "config/toml_file.hpp"

#include <filesystem>

namespace simsync
{

// `folder` holds the configuration file: relative paths begin there. Mistakes are noted.
AccountConfig read_account(Section& section, const std::filesystem::path& folder);

} // namespace simsync
