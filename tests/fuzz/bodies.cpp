// Compressed bodies: whatever comes, no more than the limit; and what is packed soundly comes out as it was.
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "io/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>

namespace simsync::fuzz
{
namespace
{

constexpr std::size_t limit = 64 * 1024;

void stays_below_the_limit(std::string_view encoding, std::string_view bytes)
{
    const auto decoded = decode_content(encoding, std::string{bytes}, limit);
    if (decoded)
        require(decoded->size() <= limit, "a body is never larger than the limit", encoding);
    else
        require(
            decoded.error().kind == FailureKind::malformed || decoded.error().kind == FailureKind::too_large,
            "a body that cannot be decoded is malformed or too large", decoded.error().what);
    const auto again = decode_content(encoding, std::string{bytes}, limit);
    require(
        decoded.has_value() == again.has_value() && (!decoded || *decoded == *again),
        "a body decodes to the same each time", encoding);
}

std::string packed(std::string_view bytes)
{
    std::string body(compressBound(static_cast<uLong>(bytes.size())), '\0');
    auto length = static_cast<uLongf>(body.size());
    const int status = compress2(
        reinterpret_cast<Bytef*>(body.data()), &length, reinterpret_cast<const Bytef*>(bytes.data()),
        static_cast<uLong>(bytes.size()), Z_BEST_SPEED);
    require(status == Z_OK, "zlib packs whatever it is given");
    body.resize(length);
    return body;
}

} // namespace

void bodies(std::string_view bytes)
{
    constexpr std::array<std::string_view, 4> encodings{"gzip", "deflate", "X-GZIP", "br"};
    for (const auto encoding : encodings)
        stays_below_the_limit(encoding, bytes);

    const auto plain = bytes.substr(0, limit);
    const auto unpacked = decode_content("deflate", packed(plain), limit);
    require(unpacked.has_value(), "what zlib packed is sound");
    require(*unpacked == plain, "what was packed comes out as it was");
}

} // namespace simsync::fuzz
