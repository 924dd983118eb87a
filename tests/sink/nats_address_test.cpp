// Where a NATS sink publishes to.
#include "sink/nats_address.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using testing::Not;

std::string origin_of(const std::string& url)
{
    return parse_nats_address(url).value().origin();
}

TEST(NatsAddress, IsOneServerOrSeveralOfOneScheme)
{
    EXPECT_EQ(origin_of("nats://127.0.0.1"), "nats://127.0.0.1:4222");
    EXPECT_EQ(origin_of("nats://a.example:4333,b.example"), "nats://a.example:4333,b.example:4222");
    EXPECT_EQ(origin_of("tls://a.example:443,tls://[::1]:4223"), "tls://a.example:443,[::1]:4223");
    EXPECT_EQ(origin_of("tls://[::1]"), "tls://[::1]:4222");
    EXPECT_TRUE(parse_nats_address("tls://a").value().encrypted);
    EXPECT_EQ(nats_server_url(parse_nats_address("tls://[::1]").value().servers[0]), "tls://[::1]:4222");
}

TEST(NatsAddress, ThatIsOfNoUseIsRefusedAndNothingOfItQuoted)
{
    for (const std::string url :
         {"", "s3cret", "http://s3cret", "nats://", "nats://user:s3cret@a", "nats://a/s3cret",
          "nats://a,,s3cret", "nats://a,tls://s3cret", "nats://a?s3cret", "nats://a:99999,s3cret",
          "nats://s3cret,"})
    {
        const auto address = parse_nats_address(url);
        ASSERT_FALSE(address) << url;
        EXPECT_THAT(address.error().what, Not(HasSubstr("s3cret")));
    }
}

TEST(SubjectPrefix, IsMadeOfTokens)
{
    for (const std::string good : {"simsync", "acme.sim-sync_2", "a.b.c"})
        EXPECT_TRUE(is_subject_prefix(good)) << good;
    for (const std::string bad : {"", ".", "a.", ".a", "a..b", "a.*", "a.>", "a b", "\xC3\xA4", "$JS"})
        EXPECT_FALSE(is_subject_prefix(bad)) << bad;
}

} // namespace
} // namespace simsync
