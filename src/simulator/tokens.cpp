// Opaque random tokens and their ends.
#include "simulator/tokens.hpp"

#include <random>

namespace simsync::simulator
{
namespace
{

constexpr std::chrono::days refresh_life{7};

// 256 bits in hexadecimal.
std::string random_text()
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::random_device entropy;
    std::string text;
    while (text.size() < 64)
        text += digits[entropy() % digits.size()];
    return text;
}

} // namespace

Login Tokens::issue(Instant now)
{
    std::erase_if(live_, [&](const auto& token) { return token.second <= now; });
    Login login{{random_text(), now + life_}, {random_text(), now + refresh_life}};
    live_.emplace(login.access.text, login.access.expires);
    return login;
}

bool Tokens::accepts(std::string_view access, Instant now) const
{
    const auto found = live_.find(std::string{access});
    return found != live_.end() && now < found->second;
}

} // namespace simsync::simulator
