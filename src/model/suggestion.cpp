#include "model/suggestion.hpp"

#include "model/ascii.hpp"

#include <algorithm>
#include <vector>

namespace simsync
{

namespace
{

// Longer words are no typing errors, and the comparison's cost is their product.
constexpr std::size_t longest_word = 64;

// Optimal string alignment: Levenshtein's distance, where two neighbours swapped count once.
std::size_t typing_errors(std::string_view typed, std::string_view meant)
{
    std::vector<std::size_t> two_above(meant.size() + 1);
    std::vector<std::size_t> above(meant.size() + 1);
    std::vector<std::size_t> row(meant.size() + 1);
    for (std::size_t j = 0; j <= meant.size(); ++j)
        above[j] = j;

    for (std::size_t i = 1; i <= typed.size(); ++i)
    {
        row[0] = i;
        for (std::size_t j = 1; j <= meant.size(); ++j)
        {
            const bool same = lower_case(typed[i - 1]) == lower_case(meant[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && lower_case(typed[i - 1]) == lower_case(meant[j - 2]) &&
                lower_case(typed[i - 2]) == lower_case(meant[j - 1]))
                row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
        two_above.swap(above);
        above.swap(row);
    }
    return above[meant.size()];
}

// How many letters may be wrong where a known word is suggested for another: a third, and one of a short
// word.
std::size_t tolerated(std::string_view word)
{
    return std::max<std::size_t>(1, word.size() / 3);
}

} // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates)
{
    if (word.empty() || word.size() > longest_word)
        return std::nullopt;

    std::optional<std::string_view> best;
    std::size_t fewest = tolerated(word) + 1;
    for (const std::string_view candidate : candidates)
    {
        const std::size_t errors = typing_errors(word, candidate);
        if (errors >= fewest)
            continue;
        fewest = errors;
        best = candidate;
    }
    return best;
}

std::string hint_at(std::string_view word, std::span<const std::string_view> candidates)
{
    if (const auto meant = nearest(word, candidates))
        return "did you mean \"" + std::string{*meant} + "\"?";

    std::string all = "one of ";
    for (const std::string_view candidate : candidates)
        all.append(candidate).append(", ");
    all.resize(all.size() - 2);
    return all;
}

} // namespace simsync
