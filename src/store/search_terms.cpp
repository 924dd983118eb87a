#include "store/search_terms.hpp"

#include "model/utf8.hpp"
#include "store/sim_search.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    for (text = trimmed(text); !text.empty(); text = trimmed(text))
    {
        const auto end = std::min(text.find_first_of(blanks), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

void add_spelling(SearchTerm& term, std::string spelling)
{
    if (std::ranges::find(term.spellings, spelling) == term.spellings.end())
        term.spellings.push_back(std::move(spelling));
}

// A word, or words that are one number together.
SearchTerm term_of(std::string_view typed)
{
    SearchTerm term;
    if (auto digits = digits_of(typed))
    {
        add_spelling(term, std::move(*digits));
        add_spelling(term, number_of(typed).value_or(""));
    }
    add_spelling(term, std::string(typed));
    return term;
}

// A dash or a + alone stands between digits or for itself.
bool belongs_to_a_number(std::string_view word)
{
    return digits_of(word) || word == "-" || word == "+" || word == "/";
}

bool can_be_looked_for(const SearchTerm& term)
{
    return std::ranges::all_of(
        term.spellings, [](const std::string& each) { return characters(each) >= shortest_term; });
}

} // namespace

SearchTerms search_terms(std::string_view words)
{
    SearchTerms search;
    search.whole = trimmed(words);
    const auto all = words_of(words);
    for (std::size_t i = 0; i < all.size();)
    {
        std::string typed(all[i++]);
        if (digits_of(typed))
            for (; i < all.size() && belongs_to_a_number(all[i]); ++i)
                typed.append(1, ' ').append(all[i]);
        search.terms.push_back(term_of(typed));
    }
    search.too_short = !search.terms.empty() && std::ranges::none_of(search.terms, can_be_looked_for);
    return search;
}

} // namespace simsync
