// The names of Ed25519 keys.
#include "sink/nkey.hpp"

#include "sink/nats_operator.hpp"

#include <gtest/gtest.h>

namespace simsync::test
{
namespace
{

TEST(Nkey, OfAUserIsThePublicKeyOfHisSeed)
{
    EXPECT_EQ(nkey_of_user(user_seed), user_name);
    // That of the documentation of nats-server.
    EXPECT_EQ(
        nkey_of_user("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"),
        "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4");
}

TEST(Nkey, IsOfNobodyWhereItsSeedIsMisspeltCutOrAnAccounts)
{
    EXPECT_TRUE(looks_like_seed(account_seed));
    EXPECT_FALSE(nkey_of_user(account_seed));
    auto misspelt = user_seed;
    std::swap(misspelt[20], misspelt[21]);
    ASSERT_NE(misspelt, user_seed);
    EXPECT_TRUE(looks_like_seed(misspelt));
    EXPECT_FALSE(nkey_of_user(misspelt));
    for (const std::string& none :
         {std::string{}, user_seed.substr(1), user_seed + 'A', user_name, 'S' + std::string(57, '1')})
    {
        EXPECT_FALSE(looks_like_seed(none)) << none;
        EXPECT_FALSE(nkey_of_user(none)) << none;
    }
}

} // namespace
} // namespace simsync::test
