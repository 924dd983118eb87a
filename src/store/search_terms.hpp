// What a person types into the search box, taken apart. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// One thing to be found in a SIM's search text, in any of these spellings: as typed and, for a number that
// was typed with + or with blanks or dashes between its digits, its digits.
struct SearchTerm
{
    std::vector<std::string> spellings; // not folded: the database does that

    bool operator==(const SearchTerm&) const = default;
};

struct SearchTerms
{
    std::string whole;             // without the blanks around it: it may be an id
    std::vector<SearchTerm> terms; // all must be found

    // Has none of them enough characters to look for? Then only an id is.
    bool too_short = false;

    bool operator==(const SearchTerms&) const = default;
};

inline constexpr std::size_t shortest_term = 3; // characters: what trigrams can find

// Words stand between blanks; numbers that follow each other are one ("+372 5550-1234").
SearchTerms search_terms(std::string_view words);

} // namespace simsync
