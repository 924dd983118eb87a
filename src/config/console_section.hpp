// `[console]`: who may see the pages at `/` of [http] listen, and as whom it asks the database.
#pragma once

#include "config/config.hpp"
#include "config/toml_file.hpp"

#include <filesystem>

namespace simsync
{

// Behind [database], whose password a console that names no user of its own logs in with as well. Mistakes
// are noted in the file.
void read_console(Section& section, const std::filesystem::path& folder, Config& config);

} // namespace simsync
