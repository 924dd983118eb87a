// Names of what may be asked of the list.
#include "simsync/model/page.hpp"

#include "model/ascii.hpp"
#include "model/enum_table.hpp"
#include "model/sim_columns.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

constexpr std::array comparators{
    Named{Comparator::eq, "EQ"},
    Named{Comparator::neq, "NEQ"},
    Named{Comparator::lt, "LT"},
    Named{Comparator::lte, "LTE"},
    Named{Comparator::gt, "GT"},
    Named{Comparator::gte, "GTE"},
    Named{Comparator::in, "IN"},
    Named{Comparator::nin, "NIN"},
    Named{Comparator::contains, "CONTAINS"},
    Named{Comparator::starts_with, "STARTS_WITH"},
    Named{Comparator::ends_with, "ENDS_WITH"},
    Named{Comparator::null, "NULL"},
};
static_assert(follows_enumeration(comparators, &Named<Comparator>::value, Comparator::null));

// What a small allocation costs beside its content.
constexpr std::size_t overhead = 16;
// A node of a map with two strings in it.
constexpr std::size_t map_node = 6 * sizeof(void*) + 2 * sizeof(std::string);

// What a value takes beside its own size.
std::size_t apart(const std::string& text)
{
    static const std::size_t inside = std::string{}.capacity();
    return text.capacity() > inside ? text.capacity() + overhead : 0;
}

std::size_t apart(const Money& amount)
{
    return apart(amount.text());
}

std::size_t apart(bool)
{
    return 0;
}

std::size_t apart(std::int64_t)
{
    return 0;
}

std::size_t apart(Timestamp)
{
    return 0;
}

template<class T>
std::size_t apart(const std::optional<T>& value)
{
    return value ? apart(*value) : 0;
}

std::size_t apart(const std::vector<std::string>& texts)
{
    std::size_t bytes = texts.capacity() * sizeof(std::string);
    for (const auto& text : texts)
        bytes += apart(text);
    return bytes;
}

std::size_t apart(const std::map<std::string, std::string>& texts)
{
    std::size_t bytes = 0;
    for (const auto& [name, text] : texts)
        bytes += map_node + apart(name) + apart(text);
    return bytes;
}

// FNV-1a: it has to be the same in every release no more than it has to be fast.
std::uint64_t hash_of(const std::vector<std::string>& words)
{
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (const auto& word : words)
        for (const char c : word + ' ')
            hash = (hash ^ static_cast<std::uint8_t>(c)) * 1'099'511'628'211U;
    return hash;
}

} // namespace

void mark_left_out(Page& page)
{
    if (page.left_out.empty())
        return;
    const auto left_out = std::make_shared<const std::vector<std::string>>(page.left_out);
    for (auto& item : page.items)
    {
        item.left_out = left_out;
        item.fingerprint.low ^= hash_of(page.left_out);
        item.payload_hash =
            {}; // a server may send what nobody asked for: the bytes that say all would pass for these
    }
}

std::vector<std::string_view> ids_of(const Page& page)
{
    std::vector<std::string_view> ids;
    ids.reserve(page.items.size() + page.unchanged.size());
    auto unchanged = page.unchanged.begin();
    for (std::size_t items = 0; items <= page.items.size(); ++items)
    {
        for (; unchanged != page.unchanged.end() && unchanged->items_before == items; ++unchanged)
            ids.emplace_back(unchanged->id);
        if (items < page.items.size())
            ids.emplace_back(page.items[items].sim.id);
    }
    return ids;
}

const ObservedSim* find_sim(const Page& page, std::string_view id)
{
    const auto found = std::ranges::find(
        page.items, id, [](const ObservedSim& seen) { return std::string_view(seen.sim.id); });
    return found == page.items.end() ? nullptr : &*found;
}

std::size_t footprint(const ObservedSim& observed)
{
    std::size_t bytes = sizeof(ObservedSim);
    each_sim_column([&]<class Column>(Column) { bytes += apart(Column::of(observed.sim)); });
    return bytes;
}

std::size_t footprint(const UnchangedSim& sim)
{
    return sizeof(UnchangedSim) + apart(sim.id);
}

std::size_t footprint(const DecodeError& decode_error)
{
    return sizeof(DecodeError) + apart(decode_error.sim) + apart(decode_error.field) +
           apart(decode_error.text) + apart(decode_error.iccid_plastic);
}

std::string_view to_text(Comparator comparator)
{
    return row_of(comparators, comparator).name;
}

std::optional<Comparator> comparator_named(std::string_view text)
{
    const auto* found = std::ranges::find_if(
        comparators, [&](const auto& each) { return equal_in_any_case(each.name, text); });
    return found == comparators.end() ? std::nullopt : std::optional(found->value);
}

std::vector<std::string_view> comparator_names()
{
    std::vector<std::string_view> names;
    for (const auto& each : comparators)
        names.push_back(each.name);
    return names;
}

} // namespace simsync
