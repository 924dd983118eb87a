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

// What a small allocation costs beside its content.
constexpr std::size_t overhead = 16;
// A node of a map with two strings in it.
constexpr std::size_t map_node = 6 * sizeof(void*) + 2 * sizeof(std::string);

std::size_t apart(const std::string& text)
{
    static const std::size_t inside = std::string{}.capacity();
    return text.capacity() > inside ? text.capacity() + overhead : 0;
}

std::size_t apart(const std::optional<std::string>& text)
{
    return text ? apart(*text) : 0;
}

std::size_t apart(const std::vector<std::string>& texts)
{
    std::size_t bytes = texts.capacity() * sizeof(std::string);
    for (const auto& text : texts)
        bytes += apart(text);
    return bytes;
}

} // namespace

const Sighting* find_sim(const Page& page, std::string_view id)
{
    const auto found =
        std::ranges::find(page.items, id, [](const Sighting& seen) { return std::string_view(seen.sim.id); });
    return found == page.items.end() ? nullptr : &*found;
}

std::size_t footprint(const Sighting& sighting)
{
    const auto& sim = sighting.sim;
    std::size_t bytes = sizeof(Sighting) + apart(sim.id);
    for (const auto* text : {&sim.iccid_plastic, &sim.sim_id, &sim.tariff_name, &sim.tariff_type,
                             &sim.profile, &sim.description, &sim.imei})
        bytes += apart(*text);
    for (const auto* numbers : {&sim.fmcs, &sim.caller_ids, &sim.external_msisdns})
        bytes += apart(*numbers);
    for (const auto& [column, text] : sim.undecoded)
        bytes += map_node + apart(column) + apart(text);
    return bytes;
}

std::size_t footprint(const Oddity& oddity)
{
    return sizeof(Oddity) + apart(oddity.sim) + apart(oddity.field) + apart(oddity.text) +
           apart(oddity.iccid_plastic);
}

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
