// Reads the questions' variables by Boost.JSON.
#include "e2e/raw_list.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync::test
{
namespace
{

namespace json = boost::json;

std::string joined(const std::vector<RawItem>& items)
{
    std::string text;
    for (const auto& item : items)
        text += (text.empty() ? "" : ",") + item.text;
    return text;
}

// The values of `id IN`, if it is asked for.
std::optional<std::vector<std::string>> names(const json::object& variables)
{
    const auto* filters = variables.if_contains("filter");
    if (filters == nullptr)
        return std::nullopt;
    for (const auto& filter : filters->as_array())
        if (filter.at("field") == "id" && filter.at("comparator") == "IN")
        {
            std::vector<std::string> ids;
            for (const auto& id : filter.at("value").as_array())
                ids.push_back(json::value_to<std::string>(id));
            return ids;
        }
    return std::nullopt;
}

void keep_named(std::vector<RawItem>& items, const std::vector<std::string>& ids)
{
    std::erase_if(items, [&](const RawItem& item) { return std::ranges::find(ids, item.id) == ids.end(); });
}

std::string page_of(std::vector<RawItem> items, const json::object& variables)
{
    if (const auto ids = names(variables))
        keep_named(items, *ids);
    const auto total = items.size();
    const auto offset = std::min(json::value_to<std::size_t>(variables.at("offset")), total);
    const auto end = std::min(offset + json::value_to<std::size_t>(variables.at("limit")), total);
    const std::vector<RawItem> page(
        items.begin() + static_cast<std::ptrdiff_t>(offset),
        items.begin() + static_cast<std::ptrdiff_t>(end));
    return R"({"data":{"simcards":{"items":[)" + joined(page) + R"(],"count":)" + std::to_string(total) +
           "}}}";
}

std::string one_of(std::vector<RawItem> items, const json::object& variables)
{
    keep_named(items, {json::value_to<std::string>(variables.at("id"))});
    return R"({"data":{"simcard":{"items":[)" + joined(items) + R"(],"count":)" +
           std::to_string(items.size()) + "}}}";
}

} // namespace

RawItem sound_item(const std::string& id, const std::string& more)
{
    return {id, R"({"id":")" + id + R"(","iccidPlastic":"8970)" + id + R"(","isBlocked":false)" + more + "}"};
}

HostileApi::Misdeed raw_list(std::function<std::vector<RawItem>()> items, std::string before)
{
    return [items = std::move(items),
            before = std::move(before)](const Request& request) -> std::optional<Reaction>
    {
        if (request.path != "/partner/graphql")
            return std::nullopt;
        const auto question = json::parse(request.body).as_object();
        const auto& variables = question.at("variables").as_object();
        return reply(
            200,
            before + (variables.contains("id") ? one_of(items(), variables) : page_of(items(), variables)));
    };
}

std::optional<Reaction> refuse_field(const Request& request, const std::string& field)
{
    if (request.body.find(' ' + field + ' ') == std::string::npos)
        return std::nullopt;
    return reply(
        400, R"({"errors":[{"message":"Cannot query field \")" + field + R"(\" on type \"Simcard\".",)" +
                 R"("extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]})");
}

} // namespace simsync::test
