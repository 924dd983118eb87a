// The HTTP port as probes, Prometheus and strangers meet it: real sockets on loopback.
#include "daemon/http.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <list>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Answer
{
    int status = 0; // 0: the connection ended instead
    std::map<std::string, std::string> headers;
    std::string body;
};

// A client of plain sockets, so that it shares nothing with the server.
class Client
{
public:
    explicit Client(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        constexpr timeval patience{30, 0}; // a guard against hanging for ever
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::system_error(errno, std::generic_category(), "connect");
    }
    ~Client() { close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // False where the server has cut the connection.
    bool send(const std::string& bytes) const
    {
        return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
    }

    // `has_body`: false for the answer to HEAD, whose length announces what is not sent.
    Answer receive(bool has_body = true)
    {
        std::size_t end = 0;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos)
            if (!receive_more())
                return {};
        auto answer = parse(received_.substr(0, end + 2));
        received_.erase(0, end + 4);
        const auto length = has_body ? std::stoul(answer.headers.at("Content-Length")) : 0UL;
        while (received_.size() < length)
            if (!receive_more())
                return {};
        answer.body = received_.substr(0, length);
        received_.erase(0, length);
        return answer;
    }

    Answer get(const std::string& path, const std::string& more_headers = "")
    {
        send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more_headers + "\r\n");
        return receive();
    }

    // Nothing more comes: the server has closed, or reset, the connection.
    bool has_ended()
    {
        while (receive_more())
        {
        }
        return received_.empty();
    }

private:
    static Answer parse(const std::string& header)
    {
        EXPECT_THAT(header, StartsWith("HTTP/1.1 "));
        Answer answer;
        answer.status = std::stoi(header.substr(header.find(' ') + 1));
        for (auto at = header.find("\r\n") + 2; at < header.size(); at = header.find("\r\n", at) + 2)
        {
            const auto colon = header.find(": ", at);
            answer.headers[header.substr(at, colon - at)] =
                header.substr(colon + 2, header.find("\r\n", at) - colon - 2);
        }
        return answer;
    }

    bool receive_more()
    {
        std::array<char, 4096> buffer{};
        const auto length = recv(socket_, buffer.data(), buffer.size(), 0);
        if (length > 0)
            received_.append(buffer.data(), static_cast<std::size_t>(length));
        EXPECT_FALSE(length < 0 && errno == EAGAIN) << "the server said nothing and did not close";
        return length > 0;
    }

    int socket_;
    std::string received_;
};

// The server on a thread of its own.
class Http : public testing::Test
{
protected:
    // What ends a connection in these tests is not that patience ran out.
    explicit Http(std::chrono::milliseconds patience = std::chrono::hours{1})
        : server(
              io.get_executor(), "127.0.0.1:0",
              HttpHandlers{[this] { return readiness; }, [] { return std::string("simsync_sims 5\n"); }},
              patience)
    {
        server.start();
        thread = std::thread([this] { io.run(); });
    }
    ~Http() override
    {
        io.stop();
        thread.join();
    }

    Answer get(const std::string& path, const std::string& more_headers = "")
    {
        return Client{server.port()}.get(path, more_headers);
    }

    Answer front_page_for(const std::string& host)
    {
        Client client{server.port()};
        client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        return client.receive();
    }

    Answer answer_to(const std::string& bytes)
    {
        Client client{server.port()};
        client.send(bytes);
        return client.receive();
    }

    Readiness readiness; // set before the first request
    boost::asio::io_context io{1};
    HttpServer server;
    std::thread thread;
};

TEST_F(Http, TellsThatTheLoopTurns)
{
    const auto answer = get("/healthz");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "ok\n");
    EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
}

TEST_F(Http, TellsReadinessAndTheReason)
{
    readiness = {true, "ready\n"};
    const auto ready = get("/readyz");
    EXPECT_EQ(ready.status, 200);
    EXPECT_EQ(ready.body, "ready\n");
}

TEST_F(Http, IsUnavailableWhileNotReady)
{
    readiness = {false, "main: the database does not answer\n"};
    const auto answer = get("/readyz");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body, "main: the database does not answer\n");
    EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Http, ServesMetricsInTheFormatThatPrometheusAsksFor)
{
    const auto answer = get("/metrics");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "simsync_sims 5\n");
    EXPECT_EQ(answer.headers.at("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(Http, LeadsFromTheFrontPageToTheOthers)
{
    const auto answer = get("/");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.headers.at("Content-Type"), StartsWith("text/html"));
    for (const char* path : {"/healthz", "/readyz", "/metrics"})
        EXPECT_THAT(answer.body, HasSubstr(path));
}

TEST_F(Http, DoesNotMindAQuery)
{
    EXPECT_EQ(get("/healthz?verbose=1").status, 200);
}

TEST_F(Http, KnowsNoOtherPath)
{
    for (const char* path : {"/nowhere", "/healthz/", "//", "/../etc/passwd"})
        EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(Http, RefusesOtherMethodsAndSaysWhichItTakes)
{
    for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"})
    {
        const auto answer = answer_to(method + " /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(answer.status, 405) << method;
        EXPECT_EQ(answer.headers.at("Allow"), "GET, HEAD");
    }
}

TEST_F(Http, RefusesABodyWithoutWaitingForIt)
{
    Client client{server.port()};
    client.send("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx");
    EXPECT_EQ(client.receive().status, 405);
    EXPECT_TRUE(client.has_ended()) << "what follows would be taken for the next request";
}

// A reset would make it lose the answer that is on its way.
TEST_F(Http, ResetsNoClientThatIsStillSending)
{
    Client client{server.port()};
    client.send("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
    EXPECT_EQ(client.receive().status, 405);
    EXPECT_TRUE(client.has_ended());
    EXPECT_TRUE(client.send("more"));
    EXPECT_TRUE(client.send("more"));
}

TEST_F(Http, AnswersHeadWithoutABody)
{
    Client client{server.port()};
    client.send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto answer = client.receive(false);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("Content-Length"), "15");
    EXPECT_EQ(client.get("/healthz").body, "ok\n") << "nothing stood between the two answers";
}

TEST_F(Http, KeepsAConnectionForMoreRequests)
{
    Client client{server.port()};
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client.get("/healthz").status, 200);
}

TEST_F(Http, AnswersRequestsThatWereSentAtOnceInTheirOrder)
{
    Client client{server.port()};
    client.send(
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive().body, "simsync_sims 5\n");
    EXPECT_EQ(client.receive().body, "ok\n");
}

TEST_F(Http, ClosesWhereTheClientWantsIt)
{
    Client client{server.port()};
    EXPECT_EQ(client.get("/healthz", "Connection: close\r\n").status, 200);
    EXPECT_TRUE(client.has_ended());

    Client old{server.port()};
    old.send("GET /healthz HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.receive().status, 200);
    EXPECT_TRUE(old.has_ended());
}

TEST_F(Http, RefusesAHeaderThatIsTooLarge)
{
    Client client{server.port()};
    client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_EQ(client.receive().status, 431);
    EXPECT_TRUE(client.has_ended());
    EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Http, RefusesWhatIsNotHttp)
{
    for (const std::string& garbage :
         {std::string("\x16\x03\x01\x02\x00 a TLS hello\r\n\r\n", 22), std::string("GET\r\n\r\n"),
          std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET /healthz HTTP/1.1\r\nbad header\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")})
    {
        Client client{server.port()};
        client.send(garbage);
        EXPECT_EQ(client.receive().status, 400) << garbage;
        EXPECT_TRUE(client.has_ended());
    }
    EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Http, SurvivesClientsThatLeaveAtAnyPoint)
{
    const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (std::size_t length = 0; length <= request.size(); ++length)
        Client{server.port()}.send(request.substr(0, length));
    EXPECT_EQ(get("/healthz").status, 200);
}

// A page of another site whose name was made to point here would read the console through its visitor.
TEST_F(Http, ShowsTheFrontPageToNoOtherSite)
{
    for (const char* host :
         {"evil.example", "evil.example:9469", "localhost.evil.example", "127.0.0.1.evil.example",
          "evil.example:127.0.0.1", ""})
    {
        const auto answer = front_page_for(host);
        EXPECT_EQ(answer.status, 421) << host;
        EXPECT_THAT(answer.body, testing::Not(HasSubstr("<html")));
    }
}

TEST_F(Http, ShowsTheFrontPageByAnyNameThatIsSurelyOurs)
{
    const auto listen = "127.0.0.1:" + std::to_string(server.port());
    for (const std::string& host :
         {std::string("localhost"), std::string("LocalHost:8080"), std::string("127.0.0.1"), listen,
          std::string("[::1]"), std::string("[::1]:9469"), std::string("192.0.2.7:9469"),
          std::string("[2001:db8::7]:9469")})
        EXPECT_EQ(front_page_for(host).status, 200) << host;
}

TEST_F(Http, AnswersANewcomerAlthoughManyIdleClientsAreConnected)
{
    std::list<Client> idle;
    for (int i = 0; i < 100; ++i)
        idle.emplace_back(server.port());
    EXPECT_EQ(get("/healthz").status, 200);
    EXPECT_TRUE(idle.front().has_ended()) << "their number is bounded";
}

TEST_F(Http, CutsTheClientThatWasSilentTheLongest)
{
    std::list<Client> clients;
    for (int i = 0; i < 32; ++i)
        EXPECT_EQ(clients.emplace_back(server.port()).get("/healthz").status, 200);
    auto& oldest = clients.front();
    auto& second = *std::next(clients.begin());
    EXPECT_EQ(oldest.get("/healthz").status, 200); // now the second has been silent the longest

    EXPECT_EQ(get("/healthz").status, 200);
    EXPECT_TRUE(second.has_ended());
    EXPECT_EQ(oldest.get("/healthz").status, 200);
    EXPECT_EQ(clients.back().get("/healthz").status, 200);
}

class ImpatientHttp : public Http
{
protected:
    ImpatientHttp() : Http(std::chrono::milliseconds{1}) {}
};

TEST_F(ImpatientHttp, CutsClientsThatSendNothingOrHalfARequest)
{
    Client silent{server.port()};
    Client slow{server.port()};
    slow.send("GET /healthz HTTP/1.1\r\nHost: ");
    EXPECT_TRUE(silent.has_ended());
    EXPECT_TRUE(slow.has_ended());
}

TEST(HttpServer, NamesTheAddressThatItCannotListenOn)
{
    boost::asio::io_context io;
    HttpServer first{io.get_executor(), "127.0.0.1:0", {}};
    first.start();
    const auto taken = "127.0.0.1:" + std::to_string(first.port());
    HttpServer second{io.get_executor(), taken, {}};
    try
    {
        second.start();
        FAIL() << "two servers on one port";
    }
    catch (const std::system_error& error)
    {
        EXPECT_EQ(error.code(), std::errc::address_in_use);
        EXPECT_THAT(error.what(), StartsWith("cannot listen on " + taken));
    }
}

TEST(HttpServer, ListensOnAName)
{
    boost::asio::io_context io;
    HttpServer server{io.get_executor(), "localhost:0", {}};
    server.start();
    EXPECT_NE(server.port(), 0);
}

bool host_has_ipv6()
{
    const int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(probe);
    return bound;
}

TEST(HttpServer, ListensOnIpv6)
{
    if (!host_has_ipv6())
        GTEST_SKIP() << "this host has no IPv6";
    boost::asio::io_context io;
    HttpServer server{io.get_executor(), "[::1]:0", {}};
    server.start();
    EXPECT_NE(server.port(), 0);
}

} // namespace
} // namespace simsync
