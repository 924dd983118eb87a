// An answer of the login → its tokens. Pure: no I/O, no clock.
#pragma once

#include "simsync/io/answer.hpp"
#include "simsync/model/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

struct Issued
{
    std::string token; // visible ASCII only: it goes into a header
    std::optional<Timestamp> expires;
};

struct Tokens
{
    Issued access;
    std::optional<Issued> refresh;
};

// Its failures quote nothing of it: who knows what it echoes. With an error in place of data it is
// `unauthorized`.
Answer<Tokens> decode_login(std::string_view json);

} // namespace simsync
