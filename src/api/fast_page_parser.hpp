// A page of the list as it nearly always comes, read in the time that simdjson takes.
//
// A second parser of the same bytes: page_handler, over Boost.JSON, reads every answer, also those that are
// odd, cut or broken, and this one has to say what that one says or nothing at all
// (tests/api/fast_page_parser_test and the fuzzer hold them against each other). It is kept for one gain
// only: of a thousand SIMs that nobody knows it saves 0.8 ms, on a first load, where every SIM is read. A
// later sweep knows most items by their bytes (unchanged_items) and reads them by neither. Without the goal
// for a first load in tests/bench it should go, and simdjson with it.
#pragma once

#include "simsync/model/page.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace simsync
{

// The page that the careful parser (page_handler) would read of this answer to `simcards`, where there is
// nothing to be careful of: {"data": {"simcards": {"items": […], "count": …}}} and no other member, in each
// item the fields that we ask for in their order, each once, with a value that its column holds, and no more
// than `most_rows` rows or `most_bytes` bytes of them (footprint). Empty for every other answer, sound or
// not. `json` may be moved to where there is room behind it: simdjson reads beyond the end.
std::optional<Page> parse_page_fast(std::string& json, std::size_t most_rows, std::size_t most_bytes);

} // namespace simsync
