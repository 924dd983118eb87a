// Where a list goes on, as a word that comes back.
#include "daemon/console/cursor.hpp"

#include "model/escape.hpp"
#include "sink/base64.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace simsync
{
namespace
{

// As a client would, that does not mind our code.
std::string encoded(const std::string& json)
{
    std::string text = base64(json);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    std::erase(text, '=');
    return text;
}

TEST(Cursor, IsTheWordThatTheApiPageShows)
{
    const Cursor cursor{"balance", {"0.40", "main", "10000120"}};
    EXPECT_EQ(cursor_text(cursor), "eyJ2IjoxLCJzIjoiYmFsYW5jZSIsImsiOlsiMC40MCIsIm1haW4iLCIxMDAwMDEyMCJdfQ");
    EXPECT_EQ(parse_cursor(cursor_text(cursor)), cursor);
}

TEST(Cursor, TellsNullFromTheEmptyText)
{
    const Cursor null{"-balance", {std::nullopt, "main", ""}};
    EXPECT_EQ(parse_cursor(cursor_text(null)), null);
    EXPECT_NE(cursor_text(null), cursor_text({"-balance", {"", "main", ""}}));
}

RC_GTEST_PROP(Cursor, ComesBackAsItWent, ())
{
    const auto text = rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f'));
    Cursor cursor{*text, {std::nullopt}};
    for (const auto& value : *rc::gen::resize(8, rc::gen::container<std::vector<std::string>>(text)))
        cursor.key.emplace_back(value);
    RC_ASSERT(parse_cursor(cursor_text(cursor)) == cursor);
}

RC_GTEST_PROP(Cursor, OfAnyBytesIsNoneOrBoundedText, (const std::string& bytes))
{
    if (const auto cursor = parse_cursor(bytes))
        for (const auto& value : cursor->key)
            RC_ASSERT(!value || storable(*value));
}

TEST(Cursor, RefusesWhatIsNone)
{
    const std::string good = R"({"v":1,"s":"id","k":["main","1"]})";
    ASSERT_TRUE(parse_cursor(encoded(good)));
    for (const std::string bad :
         {"", "null", "[]", "{}", R"({"v":2,"s":"id","k":["main","1"]})", R"({"v":"1","s":"id","k":["1"]})",
          R"({"v":1,"s":1,"k":["1"]})", R"({"v":1,"s":"id","k":"1"})", R"({"v":1,"s":"id","k":[]})",
          R"({"v":1,"s":"id","k":[1]})", R"({"v":1,"s":"id","k":[["1"]]})", R"({"v":1,"s":"id","k":[true]})",
          R"({"v":1,"s":"id","k":["a\u0000b"]})",
          R"({"v":1,"s":"id","k":["main","1"]} )"
          "x"})
        EXPECT_FALSE(parse_cursor(encoded(bad))) << bad;
    EXPECT_FALSE(parse_cursor(encoded(good) + "=")) << "padding";
    EXPECT_FALSE(parse_cursor(encoded(good) + "\n"));
    EXPECT_FALSE(parse_cursor("*" + encoded(good)));
    EXPECT_FALSE(parse_cursor(encoded(R"({"v":1,"s":"id","k":[")" + std::string(1'000'000, 'x') + "\"]}")));
}

} // namespace
} // namespace simsync
