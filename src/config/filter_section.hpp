// The filter of an account: what is mirrored.
#pragma once

#include "config/toml_file.hpp"

#include <vector>

namespace simsync
{

// The account's key `filter`, in the order of the file. Mistakes are noted.
std::vector<Filter> read_filter(Section& account);

} // namespace simsync
