// The endpoint of the configuration, taken apart.
#include "io/endpoint.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using testing::Not;

TEST(Endpoint, IsTakenApart)
{
    const auto endpoint = parse_endpoint("https://api.myphone.group").value();
    EXPECT_EQ(endpoint.scheme, Scheme::https);
    EXPECT_EQ(endpoint.host, "api.myphone.group");
    EXPECT_EQ(endpoint.port, "443");
    EXPECT_EQ(endpoint.base, "");
    EXPECT_EQ(endpoint.authority(), "api.myphone.group");
    EXPECT_EQ(endpoint.origin(), "https://api.myphone.group");
}

TEST(Endpoint, KeepsPortAndBasePath)
{
    const auto endpoint = parse_endpoint("http://127.0.0.1:8080/gateway/myphone/").value();
    EXPECT_EQ(endpoint.scheme, Scheme::http);
    EXPECT_EQ(endpoint.port, "8080");
    EXPECT_EQ(endpoint.base, "/gateway/myphone");
    EXPECT_EQ(endpoint.authority(), "127.0.0.1:8080");
}

TEST(Endpoint, TakesIpv6Literals)
{
    const auto endpoint = parse_endpoint("https://[2001:db8::1]:8443/").value();
    EXPECT_EQ(endpoint.host, "2001:db8::1");
    EXPECT_EQ(endpoint.authority(), "[2001:db8::1]:8443");
    EXPECT_EQ(parse_endpoint("http://[::1]").value().authority(), "[::1]");
}

TEST(Endpoint, NamesItsOwnPortOnlyWhereItDiffers)
{
    EXPECT_EQ(parse_endpoint("https://a:443").value().authority(), "a");
    EXPECT_EQ(parse_endpoint("http://a:443").value().authority(), "a:443");
    EXPECT_EQ(parse_endpoint("HTTP://a:80").value().authority(), "a");
}

TEST(Endpoint, SaysWhatIsWrongWithIt)
{
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"", "no URL"},
        {"api.myphone.group", "no URL"},
        {"//api.myphone.group", "no URL"},
        {"ftp://api.myphone.group", "https://"},
        {"https://", "no host"},
        {"https:///path", "no host"},
        {"https://api.myphone.group?x=1", "base path"},
        {"https://api.myphone.group#x", "base path"},
        {"https://a:70000", "port"},
        {"https://a:99999", "port"},
        {"https://a:655360", "port"},
        {"https://a:0", "port"},
        {"https://127.0.0.1.example", "neither a name nor an address"},
    };
    for (const auto& [url, complaint] : wrong)
    {
        const auto endpoint = parse_endpoint(url);
        ASSERT_TRUE(endpoint.has_error()) << url;
        EXPECT_THAT(endpoint.error().what, HasSubstr(complaint)) << url;
    }
}

TEST(Endpoint, NeverQuotesAPassword)
{
    for (const auto* url : {"https://user:s3cret@api.myphone.group", "https://user:s3cret@[broken"})
    {
        const auto endpoint = parse_endpoint(url);
        ASSERT_TRUE(endpoint.has_error());
        EXPECT_THAT(endpoint.error().what, Not(HasSubstr("s3cret")));
    }
}

} // namespace
} // namespace simsync
