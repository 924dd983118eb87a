// Heads that other clients take.
#include "io/response_head.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

TEST(ResponseHead, EndsBehindItsEmptyLineHoweverLinesEnd)
{
    EXPECT_EQ(end_of_head("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}"), 25U);
    EXPECT_EQ(end_of_head("HTTP/1.1 200 OK\nA: b\n\n{}"), 22U);
    EXPECT_EQ(end_of_head("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}"), 23U);
    for (const auto* part : {"", "\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r"})
        EXPECT_EQ(end_of_head(part), std::string_view::npos) << part;
}

TEST(ResponseHead, IsKnownFromItsFirstByte)
{
    for (const auto* bytes : {"", "\r\n", "H", "HTTP", "HTTP/1.1 200", "\r\nHTTP/"})
        EXPECT_TRUE(may_be_head(bytes)) << bytes;
    for (const auto* bytes : {"SSH-2.0", "\x15\x03\x01", "<html>", "HTTPS"})
        EXPECT_FALSE(may_be_head(bytes)) << bytes;
}

TEST(ResponseHead, WithoutAReasonOrWithAnOddOneIsTaken)
{
    for (const auto* line :
         {"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 200 OK", "HTTP/1.1  200\tOK",
          "HTTP/1.1 200 \x01 gut \xFC"})
        EXPECT_EQ(strict_head(std::string{line} + "\r\n\r\n"), "HTTP/1.1 200 \r\n\r\n") << line;
    for (const auto* line : {"HTTP/1.1 2x0 OK", "HTTP/1.1 2000", "HTTP/1.1", "SSH-2.0-OpenSSH"})
        EXPECT_EQ(strict_head(std::string{line} + "\r\n\r\n"), std::string{line} + "\r\n\r\n") << line;
}

TEST(ResponseHead, HasItsFieldsInOneFormHoweverTheyAreWritten)
{
    EXPECT_EQ(
        strict_head("\r\nHTTP/1.1 200 OK\nContent-Type : application/json\nX-Folded: a\n  b\nno field\n"
                    " folded onto it\nbad name: c\nX-Odd: a\x01z\n\n"),
        "HTTP/1.1 200 \r\nContent-Type: application/json\r\nX-Folded: a b\r\nX-Odd: a z\r\n\r\n");
}

TEST(ResponseHead, HasOneLengthAtMost)
{
    const std::string ok = "HTTP/1.1 200 \r\n";
    EXPECT_EQ(strict_head(ok + "Content-Length: 12, 12\r\n\r\n"), ok + "Content-Length: 12\r\n\r\n");
    EXPECT_EQ(strict_head(ok + "Content-Length: 12, 13\r\n\r\n"), ok + "Content-Length: 12, 13\r\n\r\n");
    EXPECT_EQ(
        strict_head(ok + "content-length: 12\r\nTransfer-Encoding: Chunked\r\n\r\n"),
        ok + "Transfer-Encoding: Chunked\r\n\r\n");
    EXPECT_EQ(
        strict_head(ok + "Content-Length: 12\r\nTransfer-Encoding: identity\r\n\r\n"),
        ok + "Content-Length: 12\r\n\r\n");
}

TEST(ResponseHead, ShowsItsStatusOnceTheThreeDigitsAreThere)
{
    EXPECT_EQ(leading_status("HTTP/1.1 204 No Content\r\n\r\n"), 204);
    EXPECT_EQ(leading_status("HTTP/1.0 500\r\n"), 500);
    EXPECT_EQ(leading_status("HTTP/1.1 200"), 200);
    for (const auto* bytes :
         {"", "HTT", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 2x0", "HTTP/2 200", "<html>", "HTTP/1.x 200"})
        EXPECT_EQ(leading_status(bytes), 0) << bytes;
}

} // namespace
} // namespace simsync
