#include "sink/nkey.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace simsync
{
namespace
{

using Bytes = std::vector<std::uint8_t>;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t seed_letters = 58;
constexpr std::size_t seed_bytes = 36; // two of prefix, the key, two of checksum
constexpr std::size_t key_bytes = 32;
constexpr std::size_t checksum_bytes = 2;
constexpr std::uint8_t seed_prefix = 18U << 3U; // S
constexpr std::uint8_t user_prefix = 20U << 3U; // U

// CRC-16/XMODEM.
std::uint32_t checksum(std::span<const std::uint8_t> bytes)
{
    std::uint32_t crc = 0;
    for (const auto byte : bytes)
    {
        crc ^= std::uint32_t{byte} << 8U;
        for (int bit = 0; bit < 8; ++bit)
            crc = ((crc & 0x8000U) != 0 ? crc << 1U ^ 0x1021U : crc << 1U) & 0xFFFFU;
    }
    return crc;
}

std::string base32(std::span<const std::uint8_t> bytes)
{
    std::string text;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const auto byte : bytes)
    {
        held = held << 8U | byte;
        for (bits += 8; bits >= 5; bits -= 5)
            text += alphabet[held >> (bits - 5) & 31U];
    }
    if (bits > 0)
        text += alphabet[held << (5 - bits) & 31U];
    return text;
}

// Without what is left of the last letter. Of letters of the alphabet alone.
Bytes from_base32(std::string_view text)
{
    Bytes bytes;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const auto letter : text)
    {
        held = held << 5U | static_cast<std::uint32_t>(alphabet.find(letter));
        bits += 5;
        if (bits < 8)
            continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits & 0xFFU));
    }
    return bytes;
}

// The checksum stands behind the bytes that it is of, its low byte first.
bool is_whole(std::span<const std::uint8_t> bytes)
{
    const auto own = bytes.first(bytes.size() - checksum_bytes);
    const auto told = bytes.last(checksum_bytes);
    return checksum(own) == (std::uint32_t{told[0]} | std::uint32_t{told[1]} << 8U);
}

// A seed's two prefixes share two bytes: five bits of S, eight of whose it is, three of nothing.
bool is_of_user(std::span<const std::uint8_t> seed)
{
    return (seed[0] & 0xF8U) == seed_prefix &&
           ((seed[0] & 7U) << 5U | std::uint32_t{seed[1]} >> 3U) == user_prefix;
}

std::optional<Bytes> public_key(std::span<const std::uint8_t> private_key)
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, private_key.data(), private_key.size()),
        &EVP_PKEY_free};
    Bytes bytes(key_bytes);
    auto length = bytes.size();
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &length) != 1)
        return std::nullopt;
    return bytes;
}

} // namespace

bool looks_like_seed(std::string_view text)
{
    return text.size() == seed_letters && text.front() == 'S' &&
           text.find_first_not_of(alphabet) == std::string_view::npos;
}

std::optional<std::string> nkey_of_user(std::string_view seed)
{
    if (!looks_like_seed(seed))
        return std::nullopt;
    const auto bytes = from_base32(seed);
    if (bytes.size() != seed_bytes || !is_whole(bytes) || !is_of_user(bytes))
        return std::nullopt;
    const auto key = public_key(std::span(bytes).subspan(2, key_bytes));
    if (!key)
        return std::nullopt;
    Bytes name{user_prefix};
    name.insert(name.end(), key->begin(), key->end());
    const auto sum = checksum(name);
    name.push_back(static_cast<std::uint8_t>(sum & 0xFFU));
    name.push_back(static_cast<std::uint8_t>(sum >> 8U));
    return base32(name);
}

} // namespace simsync
