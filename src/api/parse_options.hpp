// How Boost.JSON reads the API, whatever it is asked for.
#pragma once

#include "api/page_handler.hpp"

#include <boost/json/parse_options.hpp>

#include <cstddef>

namespace simsync
{

// For a value that stands so deep in an answer. Sound UTF-8 is our own business: the parser would refuse the
// page for one item.
inline boost::json::parse_options tolerant_options(std::size_t depth = 0)
{
    boost::json::parse_options options;
    options.max_depth = PageHandler::deepest - depth;
    options.allow_invalid_utf8 = true;
    return options;
}

} // namespace simsync
