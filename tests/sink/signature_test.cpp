// Webhooks are signed as the specification says; its own example is the first test.
#include "sink/signature.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using std::chrono::seconds;
using std::chrono::sys_seconds;

// The vector of the reference implementation (standard-webhooks, libraries/*/tests).
TEST(Signature, IsTheReferenceImplementations)
{
    EXPECT_EQ(
        webhook_signature(
            signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek",
            sys_seconds{seconds{1614265330}}, R"({"test": 2432232314})"),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, TakesASecretOfAnotherFormAsItsBytes)
{
    EXPECT_EQ(signing_key("correct horse"), "correct horse");
    EXPECT_EQ(signing_key("whsec_Y29ycmVjdA=="), "correct");
}

TEST(Signature, HasNoKeyWhereTheSecretIsNoBase64)
{
    EXPECT_EQ(signing_key("whsec_no!base64..."), "");
    EXPECT_EQ(signing_key("whsec_abc"), "");
    EXPECT_EQ(signing_key("whsec_===="), "");
    EXPECT_EQ(signing_key("whsec_"), "");
}

TEST(Signature, CoversIdTimeAndBody)
{
    const auto at = sys_seconds{seconds{1}};
    const auto signature = webhook_signature("key", "id", at, "body");
    EXPECT_NE(webhook_signature("key", "id2", at, "body"), signature);
    EXPECT_NE(webhook_signature("key", "id", at + seconds{1}, "body"), signature);
    EXPECT_NE(webhook_signature("key", "id", at, "bodY"), signature);
    EXPECT_NE(webhook_signature("kez", "id", at, "body"), signature);
}

} // namespace
} // namespace simsync
