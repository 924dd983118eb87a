// Times in the reference's notation and in HTTP's.
#include "simulator/instant.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

std::string again(std::string_view text)
{
    const auto instant = parse_instant(text);
    if (!instant)
        return "refused";
    std::string out;
    append(out, *instant);
    return out;
}

TEST(Instant, IsWrittenAsInTheReference)
{
    EXPECT_EQ(again("2023-07-16T11:58:20.333Z"), "2023-07-16T11:58:20.333Z");
    EXPECT_EQ(again("2023-07-16T11:58:20Z"), "2023-07-16T11:58:20.000Z");
    EXPECT_EQ(again("2023-07-16T13:58:20.3339999+02:00"), "2023-07-16T11:58:20.333Z");
    EXPECT_EQ(again("2023-07-16T06:28:20.5-05:30"), "2023-07-16T11:58:20.500Z");
    EXPECT_EQ(again("2024-02-29"), "2024-02-29T00:00:00.000Z");
    EXPECT_EQ(again("1969-12-31T23:59:59.999Z"), "1969-12-31T23:59:59.999Z");
}

TEST(Instant, IsNothingElse)
{
    for (const auto* text :
         {"", "2023", "2023-02-29", "2023-07-16T25:00:00Z", "2023-07-16T11:58:20", "2023-07-16 11:58:20Z",
          "2023-07-16T11:58:20.Z", "2023-07-16T11:58:20Zx", "20230716"})
        EXPECT_EQ(again(text), "refused") << text;
}

TEST(Instant, HasHttpsFormInTheDateHeader)
{
    EXPECT_EQ(http_date(*parse_instant("2023-07-16T01:02:03.999Z")), "Sun, 16 Jul 2023 01:02:03 GMT");
}

} // namespace
} // namespace simsync::simulator
