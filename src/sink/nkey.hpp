// NATS's names for Ed25519 keys: base32 of a prefix, the key and a checksum. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

// Does it begin as a private key's seed does, of whomever? "SU…" is a user's, "SA…" an account's.
bool looks_like_seed(std::string_view text);

// The public key ("U…") that belongs to a user's seed ("SU…"). None where it is no user's, or was misspelt.
std::optional<std::string> nkey_of_user(std::string_view seed);

} // namespace simsync
