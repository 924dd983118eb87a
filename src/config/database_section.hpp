// `[database]` of the configuration: where PostgreSQL is, and the password for it.
#pragma once

#include "config/toml_file.hpp"

#include <filesystem>

namespace simsync
{

// `folder` holds the configuration file: relative paths begin there. Mistakes are noted.
void read_database(Section& section, const std::filesystem::path& folder, Config& config);

} // namespace simsync
