// Boost.JSON's tree → values.
#include "simulator/json_value.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <charconv>

namespace simsync::simulator
{
namespace
{

namespace json = boost::json;
using graphql::Value;

std::string shortest(double number)
{
    std::array<char, 64> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), written.ptr};
}

Value convert(const json::value& from)
{
    switch (from.kind())
    {
    case json::kind::null:
        return {graphql::Null{}, {}};
    case json::kind::bool_:
        return {from.get_bool(), {}};
    case json::kind::int64:
        return {graphql::Number{std::to_string(from.get_int64())}, {}};
    case json::kind::uint64:
        return {graphql::Number{std::to_string(from.get_uint64())}, {}};
    case json::kind::double_:
        return {graphql::Number{shortest(from.get_double())}, {}};
    case json::kind::string:
        return {std::string{from.get_string()}, {}};
    case json::kind::array:
    {
        Value::List list;
        for (const auto& item : from.get_array())
            list.push_back(convert(item));
        return {std::move(list), {}};
    }
    case json::kind::object:
        break;
    }
    Value::Object object;
    for (const auto& [name, member] : from.get_object())
        object.push_back({std::string{name}, convert(member)});
    return {std::move(object), {}};
}

} // namespace

std::optional<Value> parse_json(std::string_view text)
{
    boost::system::error_code error;
    const auto parsed = json::parse(text, error);
    if (error)
        return std::nullopt;
    return convert(parsed);
}

} // namespace simsync::simulator
