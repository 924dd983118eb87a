// The heart: two forms of one SIM in, named changes out. Which kind each column makes stands in
// model/sim_columns.
#include "model/diff.hpp"

#include "model/sim_columns.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace simsync
{
namespace
{

template<class T>
Value value_of(const std::optional<T>& stored)
{
    return stored ? Value{*stored} : Value{};
}

Value value_of(const std::vector<std::string>& numbers)
{
    return numbers;
}

// Adds the column, where it differs, to the change that tells of this kind: the last one, for columns come
// kind by kind.
template<class Column>
void report(Kind kind, const Sim& stored, const Sim& seen, std::vector<Change>& into)
{
    if (Column::of(stored) == Column::of(seen))
        return;
    if (into.empty() || into.back().kind != kind)
        into.push_back({kind, {}, {}, {}});
    into.back().before.push_back({std::string(Column::name), value_of(Column::of(stored))});
    into.back().after.push_back({std::string(Column::name), value_of(Column::of(seen))});
}

template<class T>
const std::optional<T>& known_last(const std::optional<T>& stored, const std::optional<T>& last_known)
{
    return stored ? stored : last_known;
}

template<class Column>
bool flips(const Sim& stored, const Sim& seen, const LastKnown& last_known)
{
    static_assert(Column::last_known != nullptr, "a flag that reads null for a while does not flip");
    const auto& now = Column::of(seen);
    return now && known_last(Column::of(stored), last_known.*Column::last_known) != now;
}

template<class Column>
void report_flip(const Sim& stored, const Sim& seen, const LastKnown& last_known, std::vector<Change>& into)
{
    if (flips<Column>(stored, seen, last_known))
        report<Column>(
            *Column::of(seen) ? *Column::emitted.kind : *Column::emitted.opposite, stored, seen, into);
}

using Numbers = std::vector<std::string>;

Numbers only_in(const Numbers& these, const Numbers& those)
{
    Numbers missing;
    std::ranges::set_difference(these, those, std::back_inserter(missing));
    return missing;
}

Change step(
    Kind kind, std::string_view column, const std::string& number, const Numbers& before,
    const Numbers& after)
{
    return {kind, {{std::string(column), before}}, {{std::string(column), after}}, number};
}

template<class Column>
void report_numbers(const Sim& stored, const Sim& seen, std::vector<Change>& into)
{
    static_assert(Column::emitted.opposite, "numbers come and go: a kind for either");
    Numbers now = Column::of(stored);
    for (const auto& number : only_in(Column::of(stored), Column::of(seen)))
    {
        Numbers next = now;
        next.erase(std::ranges::lower_bound(next, number));
        into.push_back(step(*Column::emitted.opposite, Column::name, number, now, next));
        now = std::move(next);
    }
    for (const auto& number : only_in(Column::of(seen), Column::of(stored)))
    {
        Numbers next = now;
        next.insert(std::ranges::lower_bound(next, number), number);
        into.push_back(step(*Column::emitted.kind, Column::name, number, now, next));
        now = std::move(next);
    }
}

// A flag that has a kind for either way in which it flips.
template<class Column>
constexpr bool is_flag =
    std::is_same_v<typename Column::Value, std::optional<bool>> && Column::emitted.opposite;

// The columns whose changes are emitted, kind by kind, in the order of the kinds.
constexpr auto emitted_columns = []
{
    constexpr std::size_t size = []
    {
        std::size_t count = 0;
        each_sim_column([&]<class Column>(Column) { count += Column::emitted.kind ? 1 : 0; });
        return count;
    }();
    std::array<std::pair<Kind, std::size_t>, size> kinds{};
    std::size_t count = 0;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::emitted.kind)
                kinds[count++] = {*Column::emitted.kind, Column::place};
        });
    std::ranges::sort(kinds);
    std::array<std::size_t, size> places{};
    std::ranges::transform(kinds, places.begin(), [](const auto& each) { return each.second; });
    return places;
}();

// That a flag reads null now, or reads again as it did before.
void report_blinks(const Sim& stored, const Sim& seen, const LastKnown& last_known, std::vector<Change>& into)
{
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (is_flag<Column>)
                if (!flips<Column>(stored, seen, last_known))
                    report<Column>(Kind::attributes_changed, stored, seen, into);
        });
}

} // namespace

std::vector<Change> diff(const Sim& stored, const Sim& seen, const LastKnown& last_known)
{
    std::vector<Change> changes;
    each_column_at<emitted_columns>(
        [&]<class Column>(Column)
        {
            if constexpr (Column::holds_numbers)
                report_numbers<Column>(stored, seen, changes);
            else if constexpr (is_flag<Column>)
                report_flip<Column>(stored, seen, last_known, changes);
            else
                report<Column>(*Column::emitted.kind, stored, seen, changes);
        });
    report_blinks(stored, seen, last_known, changes);
    return changes;
}

LastKnown remembered(const Sim& stored, const LastKnown& last_known, const Sim& seen)
{
    LastKnown now;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::last_known != nullptr)
                if (!Column::of(seen))
                    now.*Column::last_known = known_last(Column::of(stored), last_known.*Column::last_known);
        });
    return now;
}

Sim with_stored(Sim seen, const Sim& stored, const std::vector<std::string>& columns)
{
    each_sim_column(
        [&]<class Column>(Column)
        {
            if (std::ranges::find(columns, Column::name) == columns.end())
                return;
            Column::of(seen) = Column::of(stored);
            if (const auto text = stored.undecoded.find(std::string(Column::name));
                text != stored.undecoded.end())
                seen.undecoded.insert(*text);
        });
    return seen;
}

Fields all_fields(const Sim& sim)
{
    Fields fields;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::is_asked_for && !Column::is_key)
                fields.push_back({std::string(Column::name), value_of(Column::of(sim))});
        });
    return fields;
}

} // namespace simsync
