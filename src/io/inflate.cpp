// gzip and deflate with a bound.
#include "io/inflate.hpp"

#include "model/ascii.hpp"
#include "model/escape.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace simsync
{
namespace
{

constexpr int widest_window = 15;
constexpr int gzip_or_zlib = widest_window + 32; // zlib tells them apart by their headers
constexpr int raw_deflate = -widest_window;

Failure malformed(std::string what)
{
    return {.kind = FailureKind::malformed, .what = std::move(what)};
}

Failure too_large(std::size_t limit)
{
    return {
        .kind = FailureKind::too_large,
        .what = "the answer's body decodes to more than " + std::to_string(limit) + " bytes"};
}

class Inflater
{
public:
    Inflater(std::string_view input, int window)
    {
        if (inflateInit2(&stream_, window) != Z_OK)
            throw std::bad_alloc{};
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data())); // zlib only reads it
        stream_.avail_in = static_cast<uInt>(input.size());
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    Answer<std::string> run(std::size_t limit)
    {
        std::string decoded;
        for (;;)
        {
            const auto status = step(decoded, limit);
            if (decoded.size() > limit)
                return too_large(limit);
            if (status == Z_STREAM_END && stream_.avail_in == 0)
                return decoded;
            if (status == Z_STREAM_END)
                inflateReset(&stream_); // gzip may consist of several members
            else if (status != Z_OK)
                return malformed("the answer's body is no sound gzip or deflate");
        }
    }

private:
    // One byte more than there is room for shows that it is too much.
    int step(std::string& decoded, std::size_t limit)
    {
        const auto room = std::min(chunk_.size(), limit - decoded.size() + 1);
        stream_.next_out = reinterpret_cast<Bytef*>(chunk_.data());
        stream_.avail_out = static_cast<uInt>(room);
        const int status = inflate(&stream_, Z_NO_FLUSH);
        decoded.append(chunk_.data(), room - stream_.avail_out);
        return status;
    }

    z_stream stream_{};
    std::array<char, 16 * 1024> chunk_;
};

Answer<std::string> inflated(std::string_view body, int window, std::size_t limit)
{
    return std::make_unique<Inflater>(body, window)->run(limit);
}

} // namespace

Answer<std::string> decode_content(std::string_view encoding, std::string body, std::size_t limit)
{
    const auto name = lower_case(encoding);
    if (name.empty() || name == "identity")
        return body;
    if (name == "gzip" || name == "x-gzip")
        return inflated(body, gzip_or_zlib, limit);
    if (name != "deflate")
        return malformed("the answer's body has an encoding that nobody asked for: " + escape(encoding));
    // RFC 9110 means zlib's format by "deflate"; some servers send it bare.
    auto decoded = inflated(body, gzip_or_zlib, limit);
    const bool bare = decoded.has_error() && decoded.error().kind == FailureKind::malformed;
    return bare ? inflated(body, raw_deflate, limit) : decoded;
}

} // namespace simsync
