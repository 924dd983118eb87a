// One `[[sink]]` of the configuration. Calls config_reader and config_place; called by config.cpp.
#pragma once

#include "config/toml_file.hpp"

#include <filesystem>

namespace simsync
{

// `folder` holds the configuration file: relative paths begin there. Mistakes are noted.
SinkConfig read_sink(Section& section, const std::filesystem::path& folder);

} // namespace simsync
