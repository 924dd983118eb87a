// SIMs by what people know of them. Reads simsync.sim.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// The digits of what looks like a number as people write it ("+372 5550-1234"): digits, and + - ( ) . / and
// blanks between them. Empty for anything else. Pure.
std::optional<std::string> digits_of(std::string_view term);

// The same without the 00 of an international call ("0037255501234"), as the API has numbers. Pure.
std::optional<std::string> number_of(std::string_view term);

// The text as a LIKE pattern that fits itself alone: % _ \ stand for themselves. Pure.
std::string like_literal(std::string_view text);

// Those that the term fits, as Reader::find has it; `limit` at most. Reads the rows of these accounts once.
std::vector<FoundSim> find_sims(
    Work& work, const std::string& term, const std::optional<std::vector<std::string>>& accounts,
    std::size_t limit);

// Those of this very id: one look at an index for each account.
std::vector<FoundSim>
sims_of_id(Work& work, const std::string& id, const std::optional<std::vector<std::string>>& accounts);

// For each of many terms those SIMs, not gone, whose id, whole ICCID or whole number it is; of a term that is
// an id, only that id's. Reads the rows once, however many terms there are.
std::vector<NamedSim>
named_sims(Work& work, std::span<const std::string> terms, std::span<const std::string> accounts);

} // namespace simsync
