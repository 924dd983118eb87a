// What a NATS sink logs in with, by what its secret_file holds. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace simsync
{

struct NatsToken
{
    std::string token;
};

struct NatsPassword
{
    std::string user;
    std::string password;
};

// A user's key, by which the server knows him: it signs what the server asks it to, and is never sent.
struct NatsKey
{
    std::string seed; // "SU…"
    std::string name; // the public key, "U…"
};

// A key with the token (JWT) by which its account vouches for it.
struct NatsUser
{
    std::string jwt;
    std::string seed;
};

using NatsCredentials = std::variant<NatsToken, NatsPassword, NatsKey, NatsUser>;

// Of the whole text of the file: a credentials file (.creds) as NATS's tools make it; else its first line, a
// user's seed, user:password, or a token. None where it is none of them.
std::optional<NatsCredentials> nats_credentials(std::string_view text);

} // namespace simsync
