// Compressed bodies for tests to serve.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace simsync
{

inline constexpr int gzip_window = 15 + 16;
inline constexpr int zlib_window = 15;
inline constexpr int raw_window = -15;

inline std::string compress(std::string_view text, int window)
{
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

} // namespace simsync
