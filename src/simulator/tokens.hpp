// Access tokens: issued at login, good until the server's clock passes their end.
#pragma once

#include "simulator/instant.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace simsync::simulator
{

struct Token
{
    std::string text;
    Instant expires;
};

struct Login
{
    Token access;
    Token refresh; // issued as documented; no endpoint takes it, for the reference names none
};

class Tokens
{
public:
    explicit Tokens(std::chrono::milliseconds life) : life_{life} {}

    Login issue(Instant now);
    bool accepts(std::string_view access, Instant now) const;
    void revoke_all() { live_.clear(); }

private:
    std::chrono::milliseconds life_;
    std::unordered_map<std::string, Instant> live_; // access token → its end
};

} // namespace simsync::simulator
