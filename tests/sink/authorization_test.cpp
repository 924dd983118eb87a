// What stands in an Alertmanager's secret file, as a header.
#include "sink/authorization.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

TEST(Authorization, IsBasicWithAColonAndABearerTokenWithout)
{
    EXPECT_EQ(authorization("user:password"), "Basic dXNlcjpwYXNzd29yZA==");
    EXPECT_EQ(authorization("user:pass word:x"), "Basic dXNlcjpwYXNzIHdvcmQ6eA==");
    EXPECT_EQ(authorization("abc.def-123_~+/="), "Bearer abc.def-123_~+/=");
}

TEST(Authorization, ThatIsWrittenOutIsTakenAsItIs)
{
    EXPECT_EQ(authorization("Bearer a:b"), "Bearer a:b");
    EXPECT_EQ(authorization("bearer abc"), "bearer abc");
    EXPECT_EQ(authorization("Basic dXNlcjpwYXNzd29yZA=="), "Basic dXNlcjpwYXNzd29yZA==");
    EXPECT_EQ(authorization("Basic user:password"), "Basic QmFzaWMgdXNlcjpwYXNzd29yZA==")
        << "of a user with that name";
}

TEST(Authorization, IsNoneWhereItWouldBeNoHeader)
{
    for (const auto* secret :
         {"", "two words", "Bearer ", "Bearer two words", "user:pass\rword", "tab\there"})
        EXPECT_EQ(authorization(secret), "") << secret;
}

} // namespace
} // namespace simsync
