// The status of an answer from its first bytes.
#include "io/status_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace simsync
{
namespace
{

TEST(HttpStatus, IsKnownOnceItsThreeDigitsAreThere)
{
    EXPECT_EQ(leading_status("HTTP/1.1 204 No Content\r\n\r\n"), 204);
    EXPECT_EQ(leading_status("HTTP/1.0 500\r\n"), 500);
    EXPECT_EQ(leading_status("HTTP/1.1 200"), 200);
    for (const auto* bytes :
         {"", "HTT", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 2x0", "HTTP/2 200", "<html>", "HTTP/1.x 200"})
        EXPECT_EQ(leading_status(bytes), 0) << bytes;
}

TEST(HttpStatus, MayBeOneAsLongAsNothingSpeaksAgainstIt)
{
    EXPECT_TRUE(may_be_http(""));
    EXPECT_TRUE(may_be_http("HTT"));
    EXPECT_TRUE(may_be_http("HTTP/1.1 "));
    EXPECT_FALSE(may_be_http("<html>"));
    EXPECT_FALSE(may_be_http("HTTPS"));
}

TEST(HttpStatus, OfInterimAnswersIsPassedOverOnceTheyAreWhole)
{
    const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    const std::string goes_on = "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(interim_bytes(hints + goes_on + "HTTP/1.1 200 OK\r\n"), hints.size() + goes_on.size());
    EXPECT_EQ(interim_bytes(hints.substr(0, hints.size() - 1)), 0);
    EXPECT_EQ(interim_bytes("HTTP/1.1 200 OK\r\n\r\n"), 0);
    EXPECT_EQ(interim_bytes("HTTP/1.1 101 Switching Protocols\r\n\r\n"), 0);
}

} // namespace
} // namespace simsync
