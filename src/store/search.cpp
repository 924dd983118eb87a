#include "store/search.hpp"

#include "postgres/row_values.hpp"
#include "store/sim_search.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

std::string pattern(const std::string& part, BoundValues& values)
{
    return values.text('%' + like_literal(part) + '%');
}

// Nothing to fold: no letter of any script.
bool is_plain(const std::string& part)
{
    return std::ranges::all_of(part, [](char c) { return c >= ' ' && c < 'A'; });
}

constexpr std::array short_columns{"s.iccid_plastic", "s.sim_id", "s.imei", "s.id", "s.description"};
constexpr std::array lists{"s.caller_ids", "s.fmcs", "s.external_msisdns"};

// As search_text has it, column by column: a line break stands between any two of them. A list is not looked
// into where it is empty.
std::string in_a_column(const std::string& part, BoundValues& values)
{
    const bool plain = is_plain(part);
    auto wanted = pattern(part, values);
    if (!plain)
        wanted = "lower(" + wanted + " collate \"default\")";
    std::string condition;
    const auto look_into = [&](const std::string& text)
    {
        condition.append(condition.empty() ? "" : " or ");
        condition += plain ? text : "lower(" + text + " collate \"default\")";
        condition += " like " + wanted;
    };
    for (const std::string column : short_columns)
        look_into(column);
    for (const std::string list : lists)
        look_into("array_to_string(" + list + R"(, E'\n'))");
    return condition;
}

// Folded as the text is, and compared as the index is ordered: by id's collation.
std::string in_the_text(const std::string& part, BoundValues& values)
{
    return indexed_search_text + " like lower(" + pattern(part, values) +
           R"( collate "default") collate "C")";
}

} // namespace

const std::string indexed_search_text =
    "simsync.search_text(s.id, s.iccid_plastic, s.sim_id, s.imei, s.caller_ids, s.fmcs, s.external_msisdns, "
    "s.description)";

bool search_is_indexed(Work& work)
{
    return work
        .exec_one(R"(
        select exists (select from pg_catalog.pg_index
                        where indexrelid = to_regclass('simsync.sim_search') and indisvalid and indisready
                          and indrelid = to_regclass('simsync.sim')))")[0]
        .as<bool>();
}

std::string search_condition(const SearchTerms& search, BoundValues& values, bool indexed)
{
    std::string all;
    for (const auto& term : search.terms)
    {
        std::string any;
        for (const auto& spelling : term.spellings)
        {
            any.append(any.empty() ? "" : " or ");
            any += indexed ? in_the_text(spelling, values) : in_a_column(spelling, values);
        }
        all.append(all.empty() ? "(" : " and (").append(any).append(1, ')');
    }
    return all.empty() ? "true" : all;
}

std::string prefilter(std::span<const std::string> parts, BoundValues& values)
{
    if (std::ranges::any_of(parts, [](const std::string& part) { return part.size() < shortest_term; }))
        return "true";
    std::string any;
    for (const auto& part : parts)
        any.append(any.empty() ? "(" : " or ").append(in_the_text(part, values));
    return any.empty() ? "true" : any + ')';
}

} // namespace simsync
