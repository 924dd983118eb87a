// Fields that are not mirrored as they should be, as `status` and `sync` show them. Pure.
#pragma once

#include "cli/status_text.hpp"

#include <boost/json/array.hpp>

#include <vector>

namespace simsync::cli
{

// One for all that the API does not know, one for all of which some values do not fit; none where all is
// well.
std::vector<StatusTrouble> troubles_of(const Drifts& drifts);

boost::json::array drifts_json(const Drifts& drifts);

} // namespace simsync::cli
