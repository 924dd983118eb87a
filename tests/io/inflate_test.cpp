// Compressed bodies, sound and otherwise.
#include "io/inflate.hpp"

#include "compress.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

constexpr std::size_t limit = 100'000;
const std::string text = "{\"data\":" + std::string(50'000, ' ') + "null}";

TEST(DecodeContent, ReadsWhatServersSend)
{
    EXPECT_EQ(decode_content("gzip", compress(text, gzip_window), limit).value(), text);
    EXPECT_EQ(decode_content("X-GZIP", compress(text, gzip_window), limit).value(), text);
    EXPECT_EQ(decode_content("deflate", compress(text, zlib_window), limit).value(), text);
    EXPECT_EQ(decode_content("deflate", compress(text, raw_window), limit).value(), text);
    EXPECT_EQ(decode_content("", text, limit).value(), text);
    EXPECT_EQ(decode_content("identity", text, limit).value(), text);
}

TEST(DecodeContent, ReadsGzipOfSeveralMembers)
{
    EXPECT_EQ(
        decode_content("gzip", compress("ab", gzip_window) + compress("cd", gzip_window), limit).value(),
        "abcd");
}

TEST(DecodeContent, BoundsABomb)
{
    const auto bomb = compress(std::string(50'000'000, '\0'), gzip_window);
    EXPECT_EQ(decode_content("gzip", bomb, limit).error().kind, FailureKind::too_large);
    EXPECT_EQ(
        decode_content("deflate", compress(std::string(50'000'000, '\0'), raw_window), limit).error().kind,
        FailureKind::too_large);
}

TEST(DecodeContent, IsRefusedFromTheFirstByteBeyondTheLimit)
{
    for (const std::size_t size : {1U, 16'383U, 16'384U, 16'385U, 40'000U})
    {
        const std::string whole(size, 'x');
        const auto gzip = compress(whole, gzip_window);
        EXPECT_EQ(decode_content("gzip", gzip, size).value(), whole) << size;
        EXPECT_EQ(decode_content("gzip", gzip, size - 1).error().kind, FailureKind::too_large) << size;
        EXPECT_EQ(decode_content("gzip", gzip + gzip, 2 * size).value(), whole + whole) << size;
        EXPECT_EQ(decode_content("gzip", gzip + gzip, 2 * size - 1).error().kind, FailureKind::too_large)
            << size;
    }
}

TEST(DecodeContent, RefusesWhatIsCutOrNoSuchThing)
{
    const auto gzip = compress(text, gzip_window);
    EXPECT_EQ(
        decode_content("gzip", gzip.substr(0, gzip.size() / 2), limit).error().kind, FailureKind::malformed);
    EXPECT_EQ(
        decode_content("gzip", gzip.substr(0, gzip.size() - 1), limit).error().kind, FailureKind::malformed);
    EXPECT_EQ(decode_content("gzip", text, limit).error().kind, FailureKind::malformed);
    EXPECT_EQ(decode_content("gzip", "", limit).error().kind, FailureKind::malformed);
    EXPECT_EQ(decode_content("gzip", gzip + "junk", limit).error().kind, FailureKind::malformed);
    EXPECT_EQ(decode_content("br", text, limit).error().kind, FailureKind::malformed);
    EXPECT_EQ(decode_content("gzip, gzip", text, limit).error().kind, FailureKind::malformed);
}

} // namespace
} // namespace simsync
