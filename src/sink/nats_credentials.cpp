#include "sink/nats_credentials.hpp"

#include "sink/nkey.hpp"

#include <algorithm>
#include <cctype>

namespace simsync
{
namespace
{

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view jwt_begins = "BEGIN NATS USER JWT";
constexpr std::string_view seed_begins = "BEGIN USER NKEY SEED";
constexpr std::size_t longest_line = 1024; // as a password's

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string_view first_line(std::string_view text)
{
    auto line = text.substr(0, text.find('\n'));
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

// Takes the first line out of `text`.
std::string_view next_line(std::string_view& text)
{
    const auto line = first_line(text);
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    return line;
}

// The first line with anything in it behind the one that says so ("-----BEGIN NATS USER JWT-----"); empty
// where there is none.
std::string_view behind(std::string_view text, std::string_view headline)
{
    bool begun = false;
    while (!text.empty())
    {
        const auto line = trimmed(next_line(text));
        if (begun && !line.empty())
            return line;
        begun = begun || (line.starts_with("---") && line.find(headline) != std::string_view::npos);
    }
    return {};
}

bool is_jwt(std::string_view text)
{
    const auto may_stand = [](unsigned char c)
    { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; };
    return !text.empty() && std::ranges::count(text, '.') == 2 && std::ranges::all_of(text, may_stand);
}

std::optional<NatsCredentials> of_file(std::string_view text)
{
    const auto jwt = behind(text, jwt_begins);
    const auto seed = behind(text, seed_begins);
    if (!is_jwt(jwt) || !nkey_of_user(seed))
        return std::nullopt;
    return NatsUser{std::string(jwt), std::string(seed)};
}

std::optional<NatsCredentials> of_seed(std::string_view seed)
{
    auto name = nkey_of_user(seed);
    if (!name)
        return std::nullopt;
    return NatsKey{std::string(seed), std::move(*name)};
}

std::optional<NatsCredentials> of_line(std::string_view line)
{
    const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    if (line.empty() || line.size() > longest_line || std::ranges::any_of(line, is_control))
        return std::nullopt;
    if (looks_like_seed(line))
        return of_seed(line);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return NatsToken{std::string(line)};
    if (colon == 0 || colon + 1 == line.size())
        return std::nullopt;
    return NatsPassword{std::string(line.substr(0, colon)), std::string(line.substr(colon + 1))};
}

} // namespace

std::optional<NatsCredentials> nats_credentials(std::string_view text)
{
    return text.find(jwt_begins) == std::string_view::npos ? of_line(first_line(text)) : of_file(text);
}

} // namespace simsync
