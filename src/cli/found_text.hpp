// SIMs that were found, as programs and people read them. Pure.
#pragma once

#include "simsync/store/records.hpp"

#include <span>
#include <string>

namespace simsync::cli
{

// One JSON document: the term, the SIMs with every column that the API fills, and whether there are more.
std::string found_json(const std::string& term, std::span<const FoundSim> found, bool more);

// A table with a header: account, SIM, and by which column it was found.
std::string found_table(std::span<const FoundSim> found);

// "10000003 of account main (caller_ids)", for a sentence; in one line whatever stands in it.
std::string found_in_words(const FoundSim& found);

} // namespace simsync::cli
