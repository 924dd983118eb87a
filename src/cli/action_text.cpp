#include "cli/action_text.hpp"

#include "cli/text.hpp"
#include "model/escape.hpp"
#include "store/or_null.hpp"

#include <boost/json.hpp>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

constexpr std::size_t longest_value = 120;

std::string line_of(
    std::string_view when, std::string_view account, std::string_view id, std::string_view who,
    std::string_view sim, std::string_view end, std::string_view what)
{
    return padded(when, 19) + "  " + padded(account, 10) + "  " + padded(id, 7) + "  " + padded(who, 12) +
           "  " + padded(sim, 12) + "  " + padded(end, 9) + "  " + std::string(what) + '\n';
}

} // namespace

std::string in_words(const std::string& operation, const ActionArguments& arguments)
{
    auto words = operation;
    for (const auto& [name, value] : arguments)
        words += ' ' + name + '=' + escape(value, longest_value);
    return words;
}

json::object action_object(const ActionRecord& action)
{
    json::object arguments;
    for (const auto& [name, value] : action.arguments)
        arguments[name] = value;
    return {
        {"action", action.id},
        {"sim", action.sim},
        {"operation", action.operation},
        {"arguments", std::move(arguments)},
        {"state", to_text(action.state)},
        {"error", or_null(action.error)}};
}

std::string past_actions_json(std::span<const PastAction> actions)
{
    json::array list;
    for (const auto& past : actions)
    {
        json::object object{{"account", past.account}};
        for (auto& [name, value] : action_object(past.action))
            object.emplace(name, std::move(value));
        object["requested_by"] = past.action.requested_by.value_or("");
        object["requested_at"] = to_text(past.action.requested_at);
        object["finished_at"] =
            past.finished_at ? json::value(to_text(*past.finished_at)) : json::value(nullptr);
        list.push_back(std::move(object));
    }
    return json::serialize(json::object{{"actions", std::move(list)}}) + '\n';
}

std::string past_actions_table(std::span<const PastAction> actions)
{
    auto table = line_of("WHEN (UTC)", "ACCOUNT", "ACTION", "WHO", "SIM", "STATE", "WHAT");
    for (const auto& [account, action, finished_at] : actions)
    {
        const auto when = to_text(action.requested_at);
        const auto why = action.error ? ": " + escape(*action.error, 2 * longest_value) : std::string{};
        table += line_of(
            when.substr(0, 10) + ' ' + when.substr(11, 8), account, '#' + std::to_string(action.id),
            escape(action.requested_by.value_or(""), longest_value), escape(action.sim, longest_value),
            to_text(action.state), in_words(action.operation, action.arguments) + why);
    }
    return table;
}

} // namespace simsync::cli
