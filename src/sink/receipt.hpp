// What a receiver's answer means for a delivery. Pure.
#pragma once

#include "io/http_client.hpp"
#include "model/backoff.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace simsync
{

// Why something was not taken.
struct Refusal
{
    Failure failure;
    unsigned status = 0; // of the answer; 0: there was none
};

// Between tries to have something taken that was refused. A receiver is never given up.
inline constexpr Backoff resend{
    .first = std::chrono::milliseconds{500}, .longest = std::chrono::minutes{1}, .patience = 0};

// As much of an answer as is read, in bytes. A receiver has nothing to tell us; an error page may be longer.
inline constexpr std::size_t longest_receipt = 64 * 1024;

// None where it has taken it (any 2xx). Nothing is ever given up by itself: to leave out what is refused
// would be a gap. `local_now` stands in for the reply's `Date` where it has none. What the receiver says is
// quoted unless that would give away one of the secrets.
std::optional<Refusal> judge_delivery(
    const HttpReply& reply, std::chrono::sys_seconds local_now, std::span<const std::string> secrets);

// Is it about what was sent, so that something else may be taken? Else it is about who sent it, where to or
// when.
bool is_about_the_content(const Refusal& refusal);

// It says that there is nobody for good (410): Standard Webhooks asks senders to stop.
bool is_gone(const Refusal& refusal);

// What the operator can do about it: one sentence, without "HINT:". `way_past` is the command that leaves
// out what was refused; empty where there is none.
std::string delivery_hint(const Refusal& refusal, const std::string& way_past);

} // namespace simsync
