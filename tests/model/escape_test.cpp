// Text from outside, made harmless.
#include "model/escape.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::string_view_literals;

TEST(Escape, LeavesPrintableUtf8Alone)
{
    EXPECT_EQ(escape("plain, Тариф, 😀"), "plain, Тариф, 😀");
}

TEST(Escape, MakesOneLineThatSteersNoTerminal)
{
    EXPECT_EQ(escape("a\r\nb\tc"), R"(a\x0D\x0Ab\x09c)");
    EXPECT_EQ(escape("\x1B[31mred"), R"(\x1B[31mred)");
    EXPECT_EQ(escape("\x7F\xC2\x9B"), R"(\x7F\xC2\x9B)");
    EXPECT_EQ(escape("\u2028\u202E\u2069"), R"(\xE2\x80\xA8\xE2\x80\xAE\xE2\x81\xA9)");
    EXPECT_EQ(escape("a\0b"sv), R"(a\x00b)");
}

TEST(Escape, ShowsBytesThatAreNoUtf8)
{
    EXPECT_EQ(escape("\xFFz"), R"(\xFFz)");
    EXPECT_EQ(escape("\xC0\x80"), R"(\xC0\x80)");         // overlong
    EXPECT_EQ(escape("\xED\xA0\x80"), R"(\xED\xA0\x80)"); // a surrogate
    EXPECT_EQ(escape("\xE2\x82"), R"(\xE2\x82)");         // cut short
}

TEST(Escape, CutsBetweenCharacters)
{
    EXPECT_EQ(escape("abcdef", 3), "abc");
    EXPECT_EQ(escape("ab\u20AC", 4), "ab");
    EXPECT_EQ(escape("ab\n", 5), "ab");
    EXPECT_EQ(escape(std::string(1000, 'x')).size(), quotable_bytes);
}

TEST(Storable, IsWellFormedUtf8WithoutNul)
{
    EXPECT_TRUE(storable(""));
    EXPECT_TRUE(storable("a control \x01 and Тариф 😀 are fine"));
    EXPECT_FALSE(storable("nul\0"sv));
    EXPECT_FALSE(storable("eight bytes and \xFF"));
    EXPECT_FALSE(storable("\xED\xA0\x80"));
    EXPECT_FALSE(storable("\xF4\x90\x80\x80")); // beyond U+10FFFF
    EXPECT_FALSE(storable("\xF0\x9F\x98"));
}

TEST(Redact, HidesASecretWhereverItStands)
{
    EXPECT_EQ(redact("Bearer s3cr3t-token, s3cr3t-token", "s3cr3t-token"), "Bearer [secret], [secret]");
    EXPECT_EQ(redact("nothing to hide", "s3cr3t-token"), "nothing to hide");
    EXPECT_EQ(redact("", "s3cr3t-token"), "");
}

TEST(Redact, HidesASecretThatTheCutWentThrough)
{
    EXPECT_EQ(redact("Bearer s3cr3t-to", "s3cr3t-token"), "Bearer [secret]");
}

} // namespace
} // namespace simsync
