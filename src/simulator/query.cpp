// The cheapest way to answer a list query: a slice where the fleet's own order serves, a scan where not.
#include "simulator/query.hpp"

#include <algorithm>
#include <optional>

namespace simsync::simulator
{
namespace
{

using graphql::Refusal;
using graphql::Value;

SortKey read_sort_key(const Value& from)
{
    const auto* name = from.member("field");
    const auto* text = name == nullptr ? nullptr : std::get_if<std::string>(&name->is);
    const auto* field = text == nullptr ? nullptr : find_field(*text);
    if (field == nullptr || field->kind == FieldKind::numbers)
        throw Refusal{{{"Cannot sort by the field \"" + (text == nullptr ? "" : *text) + "\".", from.where}}};

    const auto* order = from.member("order");
    if (order == nullptr)
        return {field, false};
    const auto* name_of_order = std::get_if<graphql::EnumName>(&order->is);
    const auto* string = std::get_if<std::string>(&order->is);
    return {
        field, (name_of_order != nullptr && name_of_order->text == "DESC") ||
                   (string != nullptr && *string == "DESC")};
}

// Positions [begin, end) of the fleet.
struct Range
{
    std::size_t begin;
    std::size_t end;

    std::size_t size() const { return end - begin; }
};

void narrow(Range& range, const Condition& condition, const Fleet& fleet)
{
    const auto& id = std::get<std::string>(condition.operands.front());
    switch (condition.comparator)
    {
    case Comparator::gt:
        range.begin = std::max(range.begin, fleet.upper_bound(id));
        break;
    case Comparator::gte:
        range.begin = std::max(range.begin, fleet.lower_bound(id));
        break;
    case Comparator::lt:
        range.end = std::min(range.end, fleet.lower_bound(id));
        break;
    default:
        range.end = std::min(range.end, fleet.upper_bound(id));
        break;
    }
    range.end = std::max(range.begin, range.end);
}

bool bounds_id(const Condition& condition)
{
    return condition.field->kind == FieldKind::id &&
           (condition.comparator == Comparator::gt || condition.comparator == Comparator::gte ||
            condition.comparator == Comparator::lt || condition.comparator == Comparator::lte);
}

bool names_ids(const Condition& condition)
{
    return condition.field->kind == FieldKind::id &&
           (condition.comparator == Comparator::eq || condition.comparator == Comparator::in);
}

bool joins_all(const std::vector<Condition>& filter)
{
    return std::all_of(
        filter.begin() + (filter.empty() ? 0 : 1), filter.end(),
        [](const auto& condition) { return condition.join == Join::both; });
}

// What has been asked for by id, each once, in the fleet's order.
std::vector<const Simcard*> named(const Condition& condition, const Fleet& fleet)
{
    std::vector<const Simcard*> simcards;
    for (const auto& operand : condition.operands)
        if (const auto* simcard = fleet.find(std::get<std::string>(operand)))
            simcards.push_back(simcard);
    std::sort(
        simcards.begin(), simcards.end(),
        [&](const auto* left, const auto* right) { return id_less(left->id, right->id, fleet.order()); });
    simcards.erase(std::unique(simcards.begin(), simcards.end()), simcards.end());
    return simcards;
}

// The range that the filter's bounds on the id leave, and whether they are all there is to the filter.
struct Bounded
{
    Range range;
    bool exact;
};

Bounded bounded(const std::vector<Condition>& filter, const Fleet& fleet, IdOrder ids)
{
    Bounded result{{0, fleet.size()}, filter.empty()};
    if (ids != fleet.order() || !joins_all(filter))
        return result;
    for (const auto& condition : filter)
        if (bounds_id(condition))
            narrow(result.range, condition, fleet);
    result.exact = std::all_of(filter.begin(), filter.end(), bounds_id);
    return result;
}

std::vector<const Simcard*> scan(const Query& query, const Fleet& fleet, Range range, IdOrder ids)
{
    std::vector<const Simcard*> simcards;
    for (auto position = range.begin; position < range.end; ++position)
        if (const auto& simcard = fleet.at(position); matches(simcard, query.filter, ids))
            simcards.push_back(&simcard);
    return simcards;
}

// All SIMs that match, in order of id.
std::vector<const Simcard*> matching(const Query& query, const Fleet& fleet, Range range, IdOrder ids)
{
    if (joins_all(query.filter))
        if (const auto by_id = std::find_if(query.filter.begin(), query.filter.end(), names_ids);
            by_id != query.filter.end())
        {
            auto simcards = named(*by_id, fleet);
            std::erase_if(
                simcards, [&](const auto* simcard) { return !matches(*simcard, query.filter, ids); });
            return simcards;
        }
    return scan(query, fleet, range, ids);
}

// Less than 0, 0 or more; null after everything else.
int compare(const FieldValue& left, const FieldValue& right)
{
    const bool left_null = std::holds_alternative<std::monostate>(left);
    const bool right_null = std::holds_alternative<std::monostate>(right);
    if (left_null || right_null)
        return static_cast<int>(left_null) - static_cast<int>(right_null);
    return std::visit(
        [&](const auto& value) -> int
        {
            using T = std::decay_t<decltype(value)>;
            if constexpr (
                std::is_same_v<T, std::monostate> || std::is_same_v<T, std::span<const std::string>>)
                return 0;
            else
                return value < std::get<T>(right) ? -1 : static_cast<int>(std::get<T>(right) < value);
        },
        left);
}

bool before(const Simcard& left, const Simcard& right, const std::vector<SortKey>& sort, IdOrder order)
{
    for (const auto& key : sort)
    {
        if (key.field->kind == FieldKind::id) // unique: whatever comes after it decides nothing
            return key.descending ? id_less(right.id, left.id, order) : id_less(left.id, right.id, order);
        if (const int compared = compare(key.field->read(left), key.field->read(right)); compared != 0)
            return key.descending ? compared > 0 : compared < 0;
    }
    return false;
}

void arrange(std::vector<const Simcard*>& simcards, const Query& query, IdOrder order)
{
    if (query.sort.empty())
        std::sort(
            simcards.begin(), simcards.end(),
            [](const auto* left, const auto* right) { return left->revision < right->revision; });
    else
        std::stable_sort(
            simcards.begin(), simcards.end(),
            [&](const auto* left, const auto* right) { return before(*left, *right, query.sort, order); });
}

Range page_of(const Query& query, std::size_t size)
{
    const auto begin = std::min(query.offset, size);
    return {begin, begin + std::min(query.limit, size - begin)};
}

// The page, straight from the fleet's own order, read either way.
Found slice(const Query& query, const Fleet& fleet, Range range)
{
    Found found{{}, range.size()};
    const auto page = page_of(query, range.size());
    found.simcards.reserve(page.size());
    for (auto index = page.begin; index < page.end; ++index)
        found.simcards.push_back(
            &fleet.at(query.sort.front().descending ? range.end - 1 - index : range.begin + index));
    return found;
}

} // namespace

std::vector<SortKey> read_sort(const Value* sort)
{
    if (sort == nullptr || std::holds_alternative<graphql::Null>(sort->is))
        return {};
    const auto* list = std::get_if<Value::List>(&sort->is);
    if (list == nullptr)
        return {read_sort_key(*sort)};
    std::vector<SortKey> keys;
    for (const auto& item : *list)
        if (!std::holds_alternative<graphql::Null>(item.is))
            keys.push_back(read_sort_key(item));
    return keys;
}

Found run(const Query& query, const Fleet& fleet, IdOrder ids)
{
    const auto [range, exact] = bounded(query.filter, fleet, ids);
    const bool by_id = !query.sort.empty() && query.sort.front().field->kind == FieldKind::id;
    if (exact && by_id)
        return slice(query, fleet, range);

    auto simcards = matching(query, fleet, range, ids);
    if (!by_id || query.sort.front().descending)
        arrange(simcards, query, fleet.order());
    const auto page = page_of(query, simcards.size());
    const auto count = simcards.size();
    simcards.erase(simcards.begin() + static_cast<std::ptrdiff_t>(page.end), simcards.end());
    simcards.erase(simcards.begin(), simcards.begin() + static_cast<std::ptrdiff_t>(page.begin));
    return {std::move(simcards), count};
}

} // namespace simsync::simulator
