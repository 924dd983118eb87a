#include "sink/signature.hpp"

#include "sink/base64.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace simsync
{
namespace
{

constexpr std::string_view encoded_secret = "whsec_";

const unsigned char* bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

std::string signing_key(std::string_view secret)
{
    if (!secret.starts_with(encoded_secret))
        return std::string(secret);
    const auto text = secret.substr(encoded_secret.size());
    return from_base64(text);
}

std::string webhook_signature(
    std::string_view key, std::string_view id, std::chrono::sys_seconds at, std::string_view body)
{
    std::string content(id);
    content.append(1, '.').append(std::to_string(at.time_since_epoch().count())).append(1, '.').append(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(
        EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(content), content.size(), digest.data(),
        &size);
    return "v1," + base64({reinterpret_cast<const char*>(digest.data()), size});
}

} // namespace simsync
