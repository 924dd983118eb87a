// With what a NATS sink logs in, by what its secret_file holds.
#include "sink/nats_credentials.hpp"

#include "sink/nats_operator.hpp"

#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

template<class Form>
Form credentials(const std::string& text)
{
    return std::get<Form>(nats_credentials(text).value());
}

TEST(NatsCredentials, AreATokenOrAUserWithAPassword)
{
    EXPECT_EQ(credentials<NatsToken>("t0ken\n").token, "t0ken");
    EXPECT_EQ(credentials<NatsToken>("SUch-a-token").token, "SUch-a-token");
    EXPECT_EQ(credentials<NatsPassword>("simsync:pass:word\r\nsecond line\n").user, "simsync");
    EXPECT_EQ(credentials<NatsPassword>("simsync:pass:word\r\nsecond line\n").password, "pass:word");
    for (const std::string none : {"", "\nx", ":x", "x:", "a\tb", "a\x7f"})
        EXPECT_FALSE(nats_credentials(none)) << none;
    EXPECT_FALSE(nats_credentials(std::string(1025, 'x')));
}

TEST(NatsCredentials, AreAUsersKeyWhereHisSeedStandsAlone)
{
    const auto key = credentials<NatsKey>(user_seed + '\n');
    EXPECT_EQ(key.seed, user_seed);
    EXPECT_EQ(key.name, user_name);
    EXPECT_FALSE(nats_credentials(account_seed)) << "it is no token: it would be sent in the clear";
}

TEST(NatsCredentials, AreWhatACredentialsFileHolds)
{
    const auto text = credentials_file(user_jwt, user_seed);
    EXPECT_EQ(credentials<NatsUser>(text).jwt, user_jwt);
    EXPECT_EQ(credentials<NatsUser>(text).seed, user_seed);
    std::string of_windows;
    for (const auto letter : text)
        of_windows += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
    EXPECT_EQ(credentials<NatsUser>(of_windows).seed, user_seed);
    EXPECT_EQ(credentials<NatsUser>("\n\n" + text).jwt, user_jwt);
}

TEST(NatsCredentials, AreNoneOfAFileThatLacksATokenOrASeedOfAUser)
{
    EXPECT_FALSE(nats_credentials(credentials_file(user_jwt, {})));
    EXPECT_FALSE(nats_credentials(credentials_file({}, user_seed)));
    EXPECT_FALSE(nats_credentials(credentials_file(user_jwt, account_seed)));
    EXPECT_FALSE(nats_credentials(credentials_file("no.token", user_seed)));
    const auto whole = credentials_file(user_jwt, user_seed);
    EXPECT_FALSE(nats_credentials(whole.substr(0, whole.find("BEGIN USER NKEY SEED"))));
    EXPECT_FALSE(nats_credentials("-----BEGIN NATS USER JWT-----"));
}

} // namespace
} // namespace simsync::test
