// Where a sink delivers to, and what of it may be shown.
#include "sink/address.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

std::string target_of(const std::string& url)
{
    return webhook_target(parse_address(url).value());
}

TEST(Address, KeepsPathAndQueryAsTheyWereWritten)
{
    EXPECT_EQ(target_of("https://hooks.example/services/T0/B0/x/"), "/services/T0/B0/x/");
    EXPECT_EQ(target_of("https://hooks.example/a?code=x%2Fy&z=1"), "/a?code=x%2Fy&z=1");
    EXPECT_EQ(target_of("https://hooks.example/a//b/@team"), "/a//b/@team");
    EXPECT_EQ(target_of("https://hooks.example"), "/");
    EXPECT_EQ(target_of("https://hooks.example/"), "/");
    EXPECT_EQ(target_of("https://hooks.example?token=x"), "/?token=x");
}

TEST(Address, ShowsSchemeAndHost)
{
    EXPECT_EQ(
        parse_address("https://hooks.example/secret?x").value().endpoint.origin(), "https://hooks.example");
    EXPECT_EQ(parse_address("http://[::1]:9093/x").value().endpoint.origin(), "http://[::1]:9093");
}

TEST(Address, OfAnAlertmanagerIsWhatItsApiBeginsBehind)
{
    const auto target = [](const std::string& url) { return alerts_target(parse_address(url).value()); };
    EXPECT_EQ(target("http://127.0.0.1:9093"), "/api/v2/alerts");
    EXPECT_EQ(target("http://127.0.0.1:9093/"), "/api/v2/alerts");
    EXPECT_EQ(target("https://am.example/prefix/"), "/prefix/api/v2/alerts");
    EXPECT_EQ(target("https://am.example/prefix?tenant=x"), "/prefix/api/v2/alerts?tenant=x");
}

TEST(Address, ThatIsOfNoUseIsRefusedAndNothingOfItQuoted)
{
    for (const std::string url :
         {"hooks.example/s3cret", "ftp://hooks.example/s3cret", "https:///s3cret",
          "https://user:s3cret@hooks.example/", "https://hooks.example/s3cret#x",
          "https://hooks.example/s3cret x", "https://hooks.example/s3cret\r\nX: y",
          "https://hooks.example:99999/s3cret", "https://hooks.example/s3cret\xC3\xA4",
          "https://127.0.0.1.s3cret.example/", "https://s3cret hooks/", ""})
    {
        const auto address = parse_address(url);
        ASSERT_FALSE(address) << url;
        EXPECT_THAT(address.error().what, testing::Not(testing::HasSubstr("s3cret")));
    }
}

} // namespace
} // namespace simsync
