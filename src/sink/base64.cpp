#include "sink/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace simsync
{
namespace
{

const unsigned char* bytes_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

std::string base64(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // OpenSSL ends it with a NUL
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

// OpenSSL counts the padding as bytes of zero.
std::string from_base64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return {};
    const auto padding = static_cast<std::size_t>(std::ranges::count(text, '='));
    std::string data(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(
        reinterpret_cast<unsigned char*>(data.data()), bytes_of(text), static_cast<int>(text.size()));
    if (length < 0 || padding > 2)
        return {};
    data.resize(
        static_cast<std::size_t>(length) - std::min<std::size_t>(padding, static_cast<std::size_t>(length)));
    return data;
}

} // namespace simsync
