#include "sink/authorization.hpp"

#include "model/ascii.hpp"
#include "sink/base64.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

// "Bearer ", however it is spelt.
bool begins_with(std::string_view text, std::string_view scheme)
{
    return text.size() > scheme.size() && equal_in_any_case(text.substr(0, scheme.size()), scheme);
}

bool is_one_word(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c != 0x7f; });
}

bool has_controls(std::string_view text)
{
    return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

} // namespace

std::string authorization(std::string_view secret)
{
    constexpr std::string_view bearer = "Bearer ";
    constexpr std::string_view basic = "Basic ";
    if (has_controls(secret))
        return {};
    if (begins_with(secret, bearer))
        return is_one_word(secret.substr(bearer.size())) ? std::string(secret) : std::string{};
    if (begins_with(secret, basic) && secret.find(':') == std::string_view::npos)
        return is_one_word(secret.substr(basic.size())) ? std::string(secret) : std::string{};
    if (secret.find(':') != std::string_view::npos)
        return std::string(basic) + base64(secret);
    return is_one_word(secret) ? std::string(bearer) + std::string(secret) : std::string{};
}

} // namespace simsync
