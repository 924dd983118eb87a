// Names of what may be asked of the list. Calls nobody.
#include "simsync/model/page.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace simsync
{
namespace
{

constexpr std::array<std::string_view, 12> comparator_names{
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "IN", "NIN", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "NULL"};

char upper(char c)
{
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}

} // namespace

std::string_view to_text(Comparator comparator)
{
    return comparator_names.at(static_cast<std::size_t>(comparator));
}

std::optional<Comparator> comparator_named(std::string_view text)
{
    std::string name(text);
    std::ranges::transform(name, name.begin(), upper);
    const auto found = std::ranges::find(comparator_names, name);
    if (found == comparator_names.end())
        return std::nullopt;
    return static_cast<Comparator>(found - comparator_names.begin());
}

} // namespace simsync
