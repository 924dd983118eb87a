// How an Alertmanager that wants to know who comes is told. Pure.
#pragma once

#include <string>
#include <string_view>

namespace simsync
{

// The value of the header Authorization for what stands in a secret file: "Bearer TOKEN" and "Basic BASE64"
// as they are, "user:password" as Basic, anything else as a bearer token. Empty where that would be no
// header: with a control character, or a token with a blank in it.
std::string authorization(std::string_view secret);

} // namespace simsync
