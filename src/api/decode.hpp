// Bytes of an answer → what it says, in every reading that the reference leaves open. Pure: no I/O, no clock,
// and memory in proportion to the bytes given.
#pragma once

#include "model/fleet.hpp"
#include "simsync/io/answer.hpp"
#include "simsync/model/page.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

// An answer of `simcards`. All or nothing: with `errors` in it, wherever they stand, it is a failure and none
// of its data is believed; more than `most_rows` rows, or rows that take more than `most_bytes` in memory
// (footprint), are a failure too. A value that does not fit its column, or an item that cannot be stored, is
// told in `decode_errors`; everything else of the page stands.
Answer<Page> decode_list(
    std::string_view json, std::size_t most_rows,
    std::size_t most_bytes = std::numeric_limits<std::size_t>::max());
// The same, but SIMs that come byte for byte as `known` knows them are not read: they are the page's
// `unchanged`.
Answer<Page>
decode_list(std::string_view json, std::size_t most_rows, std::size_t most_bytes, const Fleet& known);
// The same where nobody is known, and faster if the page is an ordinary one (parse_page_fast). `json` may be
// moved to where there is room behind it.
Answer<Page> decode_new_list(std::string& json, std::size_t most_rows, std::size_t most_bytes);

// An answer of `simcard(id)`: {items, count}, the SIM itself, a list, or null.
Answer<Page> decode_sim(std::string_view json);

// What the `errors` of an answer say; empty where it has none or is no JSON.
std::optional<Failure> decode_graphql_errors(std::string_view json);

// An answer of a mutation, whose data is a scalar of any kind: an empty page, unless it holds `errors` or is
// no JSON.
Answer<Page> decode_assent(std::string_view json);

} // namespace simsync
