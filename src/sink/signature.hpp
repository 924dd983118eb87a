// How a webhook proves that it comes from us: Standard Webhooks
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace simsync
{

// The key behind a secret: its bytes, or what the base64 behind "whsec_" stands for. Empty where that is no
// base64.
std::string signing_key(std::string_view secret);

// "v1," and the base64 of HMAC-SHA256 over "<id>.<Unix time>.<body>".
std::string webhook_signature(
    std::string_view key, std::string_view id, std::chrono::sys_seconds at, std::string_view body);

} // namespace simsync
