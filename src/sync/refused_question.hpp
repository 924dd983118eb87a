// A look's question failed: does the API not take such a question, or is it everything that fails for the
// moment? The first ends a way of asking for long, the second only a look.
#pragma once

#include "simsync/api/client.hpp"
#include "sync/look_report.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace simsync
{

// True where the API answers a plain question at the same time; that one is counted in the report. Not asked
// where the failure says enough by itself: that a column is not known, say, the sweeps find out.
boost::asio::awaitable<bool> is_about_the_question(
    Source& source, const std::vector<Filter>& scope, Urgency urgency, const Failure& failure,
    LookReport& report);

} // namespace simsync
