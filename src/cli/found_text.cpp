#include "cli/found_text.hpp"

#include "cli/sim_text.hpp"
#include "cli/text.hpp"
#include "model/escape.hpp"

#include <boost/json.hpp>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

constexpr std::size_t account_width = 12;
constexpr std::size_t found_by_width = 22;

json::object object_of(const FoundSim& found)
{
    json::object object;
    object["account"] = found.account;
    object["found_by"] = found.found_by;
    for (auto& [column, value] : sim_object(found.sim))
        object.emplace(column, std::move(value));
    object["removed_at"] = found.removed_at ? json::value(to_text(*found.removed_at)) : json::value(nullptr);
    return object;
}

std::string line_of(std::string_view account, std::string_view found_by, const std::string& sim)
{
    return padded(account, account_width) + "  " + padded(found_by, found_by_width) + "  " + sim;
}

} // namespace

std::string found_json(const std::string& term, std::span<const FoundSim> found, bool more)
{
    json::array sims;
    for (const auto& each : found)
        sims.push_back(object_of(each));
    return json::serialize(json::object{{"term", term}, {"sims", std::move(sims)}, {"more", more}}) + '\n';
}

std::string found_table(std::span<const FoundSim> found)
{
    auto table = line_of("ACCOUNT", "FOUND BY", sim_table_header());
    for (const auto& each : found)
        table += line_of(
            each.account, each.removed_at ? each.found_by + ", gone" : each.found_by,
            sim_table_row(each.sim));
    return table;
}

std::string found_in_words(const FoundSim& found)
{
    constexpr std::size_t longest_id = 64;
    return escape(found.sim.id, longest_id) + " of account " + found.account + " (" + found.found_by + ")";
}

} // namespace simsync::cli
