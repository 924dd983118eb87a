// One call of zlib in one piece.
#include "simulator/gzip.hpp"

#include <stdexcept>
#include <zlib.h>

namespace simsync::simulator
{

std::string gzip(std::string_view plain)
{
    constexpr int gzip_header = 16; // added to the window's bits, zlib writes gzip's header and trailer
    constexpr int memory_level = 8;
    z_stream stream{};
    if (deflateInit2(
            &stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + gzip_header, memory_level, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        throw std::runtime_error{"zlib could not start to compress"};

    std::string packed(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int result = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END)
        throw std::runtime_error{"zlib could not compress an answer"};
    return packed;
}

} // namespace simsync::simulator
