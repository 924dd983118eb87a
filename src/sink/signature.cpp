#include "sink/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <vector>

namespace simsync
{
namespace
{

constexpr std::string_view encoded_secret = "whsec_";

const unsigned char* bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(const unsigned char* data, std::size_t size)
{
    std::string text((size + 2) / 3 * 4 + 1, '\0'); // OpenSSL ends it with a NUL
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data, static_cast<int>(size));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

// OpenSSL counts the padding as bytes of zero.
std::string from_base64(std::string_view text)
{
    const auto padding = static_cast<std::size_t>(std::ranges::count(text, '='));
    std::string data(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(data.data()), bytes(text),
                                       static_cast<int>(text.size()));
    if (length < 0 || padding > 2)
        return {};
    data.resize(static_cast<std::size_t>(length) -
                std::min<std::size_t>(padding, static_cast<std::size_t>(length)));
    return data;
}

} // namespace

std::string signing_key(std::string_view secret)
{
    if (!secret.starts_with(encoded_secret))
        return std::string(secret);
    const auto text = secret.substr(encoded_secret.size());
    return text.size() % 4 == 0 ? from_base64(text) : std::string{};
}

std::string webhook_signature(std::string_view key, std::string_view id, std::chrono::sys_seconds at,
                              std::string_view body)
{
    std::string content(id);
    content.append(1, '.').append(std::to_string(at.time_since_epoch().count())).append(1, '.').append(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(content), content.size(),
         digest.data(), &size);
    return "v1," + base64(digest.data(), size);
}

} // namespace simsync
