// The server on real sockets.
#include "simulator/server.hpp"

#include "connection.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <system_error>
#include <thread>
#include <vector>
#include <zlib.h>

namespace simsync::simulator
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;

ServerOptions with_sims(std::size_t sims)
{
    ServerOptions options;
    options.sims = sims;
    return options;
}

TEST(Server, AnswersOverOneConnectionUntilItIsStopped)
{
    Server server{with_sims(10)};
    Connection connection{server.start()};
    EXPECT_THAT(server.url(), testing::MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+"));

    EXPECT_EQ(connection.login().status, 200U);
    for (int repeat = 0; repeat < 3; ++repeat)
        EXPECT_EQ(connection.graphql("{simcards {count}}").body, R"({"data":{"simcards":{"count":10}}})");
    server.stop();
    EXPECT_EQ(connection.graphql("{simcards {count}}").status, 0U);
}

TEST(Server, DatesEveryAnswerByItsOwnClock)
{
    auto options = with_sims(0);
    options.clock = [] { return Instant{std::chrono::milliseconds{1'700'000'000'000}}; };
    Server server{options};
    Connection connection{server.start()};
    EXPECT_EQ(connection.post("/nowhere", "").headers["Date"], "Tue, 14 Nov 2023 22:13:20 GMT");
    auto login = connection.login();
    EXPECT_EQ(login.headers["Date"], "Tue, 14 Nov 2023 22:13:20 GMT");
    EXPECT_THAT(login.body, HasSubstr("2023-11-14T22:28:20.000Z"));
}

TEST(Server, AnswersPipelinedRequestsInOrder)
{
    Server server{with_sims(0)};
    Connection connection{server.start()};
    connection.send(post_request("/a", "") + post_request("/b", "") + post_request("/partner/login", "{}"));
    EXPECT_THAT(connection.receive().body, HasSubstr("/a"));
    EXPECT_THAT(connection.receive().body, HasSubstr("/b"));
    EXPECT_EQ(connection.receive().status, 400U);
}

TEST(Server, RefusesWhatIsTooLongOrNoHttp)
{
    Server server{with_sims(0)};
    const auto port = server.start();
    EXPECT_EQ(Connection{port}.post("/partner/login", std::string((1U << 20U) + 1, ' ')).status, 413U);

    Connection shouting{port};
    shouting.send("HELLO THERE\r\n\r\n");
    EXPECT_EQ(shouting.receive().status, 400U);

    Connection polite{port};
    EXPECT_EQ(polite.login().status, 200U);
}

TEST(Server, ServesManyConnectionsSideBySide)
{
    Server server{with_sims(100)};
    const auto port = server.start();
    std::atomic<int> answered = 0;
    std::vector<std::jthread> clients;
    for (int client = 0; client < 16; ++client)
        clients.emplace_back(
            [&]
            {
                Connection connection{port};
                connection.login();
                for (int repeat = 0; repeat < 20; ++repeat)
                    answered += connection.graphql("{simcards {items {id} count}}").status == 200 ? 1 : 0;
            });
    clients.clear();
    EXPECT_EQ(answered, 320);
    EXPECT_EQ(
        server.requests_served(), (std::map<std::string, std::size_t>{{"login", 16}, {"simcards", 320}}));
}

TEST(Server, DelaysAnswersWithoutHoldingUpOthers)
{
    auto options = with_sims(0);
    options.latency = 100ms;
    Server server{options};
    const auto port = server.start();
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::jthread> clients;
    for (int client = 0; client < 10; ++client)
        clients.emplace_back([&] { EXPECT_EQ(Connection{port}.login().status, 200U); });
    clients.clear();
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_GE(took, 100ms);
    EXPECT_LT(took, 900ms);
}

TEST(Server, LetsATestChangeTheFleet)
{
    Server server{with_sims(3)};
    Connection connection{server.start()};
    connection.login();
    server.with_fleet([](Fleet& fleet) { fleet.remove(fleet.at(0).id); });
    EXPECT_EQ(connection.graphql("{simcards {count}}").body, R"({"data":{"simcards":{"count":2}}})");
    EXPECT_THROW(
        server.with_fleet([](Fleet& fleet) { fleet.add(Simcard{fleet.at(0)}); }), std::invalid_argument);
}

TEST(Server, ForgetsTokensOnDemand)
{
    Server server{with_sims(1)};
    Connection connection{server.start()};
    connection.login();
    EXPECT_EQ(connection.graphql("{simcards {count}}").status, 200U);
    server.revoke_tokens();
    EXPECT_EQ(connection.graphql("{simcards {count}}").status, 401U);
}

TEST(Server, LetsTimePassForTheFleet)
{
    auto options = with_sims(100);
    options.churn = 1'000;
    Server server{options};
    server.start();
    std::uint64_t before = 0;
    server.with_fleet([&](Fleet& fleet) { before = fleet.revision(); });
    std::uint64_t after = before;
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (after == before && std::chrono::steady_clock::now() < deadline)
        server.with_fleet([&](Fleet& fleet) { after = fleet.revision(); });
    EXPECT_GT(after, before);
}

TEST(Server, BreaksConnectionsOnDemand)
{
    auto options = with_sims(10);
    std::atomic<Fault> fault = Fault::none;
    options.service.on_request = [&](std::string_view operation, Fleet&)
    { return operation == "login" ? Fault::none : fault.load(); };
    Server server{options};
    const auto port = server.start();
    for (const auto broken : {Fault::cut, Fault::reset})
    {
        Connection connection{port};
        connection.login();
        fault = broken;
        EXPECT_EQ(connection.graphql("{simcards {items {id}}}").status, 0U);
        fault = Fault::none;
    }
}

std::string gunzip(const std::string& packed)
{
    std::string plain(1U << 20U, '\0');
    z_stream stream{};
    inflateInit2(&stream, MAX_WBITS + 16);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_out = static_cast<uInt>(plain.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    plain.resize(stream.total_out);
    inflateEnd(&stream);
    return plain;
}

TEST(Server, CompressesWhereBothSidesWantIt)
{
    auto options = with_sims(10);
    options.gzip = true;
    Server server{options};
    Connection connection{server.start()};
    connection.login();
    const std::string body = R"({"query":"{simcards {count}}"})";
    auto plain = connection.post("/partner/graphql", body);
    const auto packed = connection.post("/partner/graphql", body, "Accept-Encoding: gzip, deflate\r\n");
    EXPECT_EQ(plain.headers.count("Content-Encoding"), 0U);
    EXPECT_EQ(packed.headers.at("Content-Encoding"), "gzip");
    EXPECT_EQ(gunzip(packed.body), plain.body);
}

TEST(Server, CanBeStoppedAndStartedAgain)
{
    Server server{with_sims(5)};
    server.start();
    server.stop();
    server.stop();
    server.with_fleet([](Fleet& fleet) { fleet.remove(fleet.at(0).id); });
    Connection connection{server.start()};
    connection.login();
    EXPECT_EQ(connection.graphql("{simcards {count}}").body, R"({"data":{"simcards":{"count":4}}})");
}

TEST(Server, SaysThatThePortIsTaken)
{
    Server first{with_sims(0)};
    auto options = with_sims(0);
    options.port = first.start();
    Server second{options};
    EXPECT_THROW(second.start(), std::system_error);
}

} // namespace
} // namespace simsync::simulator
