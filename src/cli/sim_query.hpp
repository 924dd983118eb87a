// What `simsync sim list` asks for, from the words of the command line. Pure.
#pragma once

#include "simsync/model/page.hpp"

#include <string>

namespace simsync::cli
{

// "FIELD:COMPARATOR[:VALUE]" ("balance:LT:5"): the field as the columns are named (tariff_expires_at) or as
// the API has it (tariffExpiresAt), the comparator in any case. IN and NIN take values with commas between
// them, NULL takes true (unless it is given) or false. What comes out names the field as the API does. Throws
// UsageError.
Filter filter_of(const std::string& words);

// "FIELD[:asc|desc]". Throws UsageError.
Sort sort_of(const std::string& words);

} // namespace simsync::cli
