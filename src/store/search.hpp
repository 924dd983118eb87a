// A search over SIMs as a condition of SQL, the same with and without the index `sim_search`.
#pragma once

#include "postgres/driver.hpp"
#include "store/bound_values.hpp"
#include "store/search_terms.hpp"

#include <span>
#include <string>

namespace simsync
{

// Is the index there that `simsync migrate --search` builds, whole and fit to be used?
bool search_is_indexed(Work& work);

// The very expression that the index is made of, of `simsync.sim s`.
extern const std::string indexed_search_text;

// That a row `s` of simsync.sim has all these terms in its search text. Without the index the text is not
// made row by row, which would take longer than looking at each column.
std::string search_condition(const SearchTerms& search, BoundValues& values, bool indexed);

// That the search text has one of these parts; "true" where one is too short for the index to find. For a
// condition that says more than this one, to be found by the index.
std::string prefilter(std::span<const std::string> parts, BoundValues& values);

} // namespace simsync
