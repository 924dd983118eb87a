// One `[[sink]]` of the configuration.
#pragma once

#include "config/toml_file.hpp"

#include <filesystem>

namespace simsync
{

// `folder` holds the configuration file: relative paths begin there. Mistakes are noted.
SinkConfig read_sink(Section& section, const std::filesystem::path& folder);

} // namespace simsync
