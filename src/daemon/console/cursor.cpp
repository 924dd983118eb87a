#include "daemon/console/cursor.hpp"

#include "model/escape.hpp"
#include "sink/base64.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync
{
namespace
{

namespace json = boost::json;

constexpr int version = 1;
// What comes from elsewhere has the 4,096 characters of a query string; this is for what is kept here
// (console/kept_texts).
constexpr std::size_t longest = 1'000'000;
constexpr std::size_t longest_key = 20'000; // values: two for each account

std::string with_swapped(std::string text, std::string_view from, std::string_view to)
{
    for (char& character : text)
        if (const auto at = from.find(character); at != std::string_view::npos)
            character = to[at];
    return text;
}

bool is_base64url(std::string_view text)
{
    return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
           std::string_view::npos;
}

std::string decoded(std::string_view text)
{
    std::string padded = with_swapped(std::string(text), "-_", "+/");
    padded.append((4 - padded.size() % 4) % 4, '=');
    return from_base64(padded);
}

std::optional<std::string> text_of(const json::value& value)
{
    return value.is_string() ? std::optional(std::string(value.as_string())) : std::nullopt;
}

bool fits_a_key(const json::value& value)
{
    return value.is_null() || (value.is_string() && storable(value.as_string()));
}

std::optional<Cursor> cursor_of(const json::object& object)
{
    const auto* const version_told = object.if_contains("v");
    const auto* const sort = object.if_contains("s");
    const auto* const key = object.if_contains("k");
    if (version_told == nullptr || *version_told != json::value(version) || sort == nullptr ||
        !sort->is_string() || key == nullptr || !key->is_array())
        return std::nullopt;
    const auto& values = key->as_array();
    if (values.empty() || values.size() > longest_key || !std::ranges::all_of(values, fits_a_key))
        return std::nullopt;

    Cursor cursor{std::string(sort->as_string()), {}};
    for (const auto& value : values)
        cursor.key.push_back(text_of(value));
    return cursor;
}

} // namespace

std::string cursor_text(const Cursor& cursor)
{
    json::array key;
    for (const auto& value : cursor.key)
        key.push_back(value ? json::value(*value) : json::value(nullptr));
    const auto text =
        json::serialize(json::object{{"v", version}, {"s", cursor.sort}, {"k", std::move(key)}});
    std::string encoded = with_swapped(base64(text), "+/", "-_");
    encoded.erase(std::min(encoded.find('='), encoded.size()));
    return encoded;
}

std::optional<Cursor> parse_cursor(std::string_view text)
{
    if (text.empty() || text.size() > longest || text.size() % 4 == 1 || !is_base64url(text))
        return std::nullopt;
    json::error_code error;
    json::parse_options plain;
    plain.max_depth = 2;
    const auto value = json::parse(decoded(text), error, {}, plain);
    if (error || !value.is_object())
        return std::nullopt;
    return cursor_of(value.as_object());
}

} // namespace simsync
