// What a receiver's answer means for a delivery. Pure.
#pragma once

#include "api/https.hpp"

#include <chrono>
#include <optional>

namespace simsync
{

// None where it has taken it (any 2xx); else why not. Nothing is ever given up: what is refused today is sent
// again, for to leave it out would be a gap. `local_now` stands in for the reply's `Date` where it has none.
std::optional<Failure> judge_delivery(const HttpReply& reply, std::chrono::sys_seconds local_now);

// What the operator can do about it: one sentence, without "HINT:".
std::string delivery_hint(Trouble trouble);

} // namespace simsync
