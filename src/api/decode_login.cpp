#include "api/decode_login.hpp"

#include "api/encoding.hpp"
#include "api/parse_options.hpp"
#include "api/sanitize_json.hpp"
#include "model/date.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

namespace json = boost::json;
using boost::system::error_code;

// Null where `from` is no object or has none of this name.
const json::value* member(const json::value& from, std::string_view name)
{
    const auto* object = from.if_object();
    return object != nullptr ? object->if_contains(name) : nullptr;
}

bool visible_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

// A date that says that there is none says nothing of the token's end.
std::optional<Timestamp> instant_of(const json::value* from)
{
    std::optional<Date> date;
    if (from != nullptr && from->is_string())
        date = read_date(from->get_string());
    else if (from != nullptr && from->is_int64())
        date = read_epoch(std::to_string(from->get_int64()));
    return date ? date->at : std::nullopt;
}

std::optional<Issued> issued(const json::value* from)
{
    const auto* token = from != nullptr ? member(*from, "token") : nullptr;
    if (token == nullptr || !token->is_string())
        return std::nullopt;
    const auto& text = token->get_string();
    if (text.empty() || !visible_ascii(text))
        return std::nullopt;
    return Issued{std::string{text}, instant_of(member(*from, "expires"))};
}

// As pages are read (api/decode).
json::value parse_tolerantly(std::string_view bytes, error_code& error)
{
    std::string storage;
    const auto body = as_utf8(bytes, storage);
    auto answer = json::parse(body, error, {}, tolerant_options());
    const auto sanitized = error ? sanitize_json(body, PageHandler::deepest) : std::nullopt;
    return sanitized ? json::parse(*sanitized, error, {}, tolerant_options()) : std::move(answer);
}

Failure no_token(FailureKind kind, std::string_view why)
{
    return {.kind = kind, .what = "the login's answer holds no token: " + std::string{why}};
}

} // namespace

Answer<Tokens> decode_login(std::string_view body)
{
    error_code error;
    const auto answer = parse_tolerantly(body, error);
    if (error)
        return no_token(FailureKind::malformed, error.message());
    const auto* data = member(answer, "data");
    auto access = data != nullptr ? issued(member(*data, "access")) : std::nullopt;
    if (!access && (member(answer, "errors") != nullptr || member(answer, "error") != nullptr))
        return no_token(FailureKind::unauthorized, "it reports an error");
    if (!access)
        return no_token(FailureKind::malformed, "no data.access.token of visible characters is in it");
    return Tokens{std::move(*access), issued(member(*data, "refresh"))};
}

} // namespace simsync
