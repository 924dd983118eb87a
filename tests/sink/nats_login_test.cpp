// How a real nats-server is logged in at: by a key that it knows, and by a user's token of an operator's
// account.
#include "sink/nats_operator.hpp"
#include "sink/nats_publishing.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::Not;

std::variant<StreamEnd, Refusal> log_in(const NatsServers& servers, const std::string& secret)
{
    NatsConnection connection{nats_options(servers.url())};
    connection.log_in_with(nats_credentials(secret));
    return connection.find_end({}, {});
}

std::string stream_seen(const NatsServers& servers, const std::string& secret)
{
    return std::get<StreamEnd>(log_in(servers, secret)).stream;
}

// Another user's seed.
const std::string unknown_seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";

TEST(NatsLogin, IsByAKeyThatTheServerKnows)
{
    NatsServers servers{
        1, "accounts { A { jetstream: enabled, users: [{user: a, password: s3cret}, {nkey: " + user_name +
               "}] } }"};
    servers.log_in_as("a", "s3cret");
    servers.add_stream("SIM", "simsync.>");
    EXPECT_EQ(stream_seen(servers, user_seed), "SIM");
    const auto refused = std::get<Refusal>(log_in(servers, unknown_seed)).failure;
    EXPECT_EQ(refused.kind, FailureKind::unauthorized) << refused.what;
    EXPECT_THAT(refused.what + refused.advice, Not(HasSubstr(unknown_seed)));
    EXPECT_THAT(refused.advice, HasSubstr("nkey seed"));
}

TEST(NatsLogin, IsByACredentialsFileOfAnOperatorsUser)
{
    NatsServers servers{1, operator_configuration()};
    const Folder folder;
    std::ofstream(folder / "user.creds") << credentials_file(user_jwt, user_seed);
    servers.log_in_by((folder / "user.creds").string());
    servers.add_stream("SIM", "simsync.>");
    EXPECT_EQ(stream_seen(servers, credentials_file(user_jwt, user_seed)), "SIM");
    // His token alone is worth nothing, and neither is his key.
    for (const auto& secret :
         {credentials_file(user_jwt, unknown_seed), user_seed, std::string("simsync:t0ken")})
    {
        const auto refused = std::get<Refusal>(log_in(servers, secret)).failure;
        EXPECT_EQ(refused.kind, FailureKind::unauthorized) << refused.what;
        EXPECT_THAT(refused.what + refused.advice, Not(HasSubstr(user_jwt)));
        EXPECT_THAT(refused.advice, HasSubstr("may have expired"));
    }
}

} // namespace
} // namespace simsync::test
