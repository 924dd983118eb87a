// What a sweep wants to know, as filters and pages of the API's list. Pure.
#pragma once

#include "model/page_request.hpp"
#include "model/recent.hpp"
#include "model/removal.hpp"
#include "simsync/model/page.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace simsync
{

// Every one but a recent look's sorts by id, which is an order that does not change while we read: without a
// sort the API may give any, and another one at each request. `scope` restricts all of them; `known`: SIMs
// that are mirrored.
ListQuery query_of(const PageRequest& request, const std::vector<Filter>& scope, std::size_t known);
ListQuery query_of(const Inquiry& inquiry, const std::vector<Filter>& scope);
ListQuery query_of(const RecentRequest& request, const std::vector<Filter>& scope);
// One SIM, whichever: what any API answers.
ListQuery query_of_anybody(const std::vector<Filter>& scope, Urgency urgency);
ListQuery query_of_watched(std::vector<std::string> ids, const std::vector<Filter>& scope);

} // namespace simsync
