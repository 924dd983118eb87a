// The HTTP port as probes, Prometheus and strangers meet it: real sockets on loopback.
#include "daemon/http.hpp"

#include "web_client.hpp"

#include "harness/host_address.hpp"
#include "io/async_event.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using boost::asio::awaitable;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

WebReply text(std::string body)
{
    return {200, {{"Content-Type", "text/plain"}}, std::move(body)};
}

WebReply stream(WebStream body)
{
    return {200, {{"Content-Type", "text/event-stream"}}, std::move(body)};
}

// The server on a thread of its own.
class Http : public testing::Test
{
protected:
    // What ends a connection in these tests is not that patience ran out.
    explicit Http(std::chrono::milliseconds patience = std::chrono::hours{1})
        : server(
              io.get_executor(), "127.0.0.1:0",
              HttpHandlers{
                  [this] { return readiness; }, [] { return std::string("simsync_sims 5\n"); },
                  [this](WebRequest request) { return console(std::move(request)); }},
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

    Answer answer_to(const std::string& bytes)
    {
        Client client{server.port()};
        client.send(bytes);
        return client.receive();
    }

    // Both set before the first request.
    Readiness readiness;
    WebHandler console = [](WebRequest request) -> awaitable<WebReply>
    { co_return text(request.method + ' ' + request.path + '?' + request.query); };
    boost::asio::io_context io{1};
    AsyncEvent event{io.get_executor()};
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

TEST_F(Http, HandsThePathsOfTheConsoleOnAsTheyWereSent)
{
    EXPECT_EQ(get("/").body, "GET /?");
    EXPECT_EQ(get("/assets/main.js?v=1").body, "GET /assets/main.js?v=1");
    EXPECT_EQ(get("/api/sims/main/a%2Fb?q=%C3%A4&x=1+2").body, "GET /api/sims/main/a%2Fb?q=%C3%A4&x=1+2");
    EXPECT_EQ(get("/api/x?").body, "GET /api/x?");
    EXPECT_EQ(get("/assets").status, 404);
}

TEST_F(Http, HandsOnHeadersAndWhoAsks)
{
    console = [](WebRequest request) -> awaitable<WebReply>
    {
        const bool loopback = request.peer.kind == PeerKind::loopback;
        co_return text(
            std::string(request.header("x-asked")) + '|' + std::string(request.header("absent")) + '|' +
            request.peer.address + '|' + (loopback ? "loopback" : "elsewhere") + '|' + request.user);
    };
    EXPECT_EQ(get("/api/x", "X-Asked: first\r\nX-ASKED: second\r\n").body, "first||127.0.0.1|loopback|");
}

TEST_F(Http, AnswersWithHeadersStatusAndStaticBytes)
{
    console = [](WebRequest request) -> awaitable<WebReply>
    {
        WebReply reply{203, {{"ETag", "\"a\""}}, StaticBytes{"static"}};
        if (request.path == "/api/same")
            reply.status = 304;
        co_return reply;
    };
    const auto answer = get("/api/x");
    EXPECT_EQ(answer.status, 203);
    EXPECT_EQ(answer.headers.at("ETag"), "\"a\"");
    EXPECT_EQ(answer.body, "static");

    Client client{server.port()};
    client.send("GET /api/same HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_FALSE(client.receive(false).headers.contains("Content-Length")) << "304 has no length of its own";
    client.send("HEAD /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive(false).headers.at("Content-Length"), "6");
    EXPECT_EQ(client.get("/healthz").body, "ok\n") << "nothing stood between the answers";
}

TEST_F(Http, RefusesWhatIsNoRequestOfOurs)
{
    const auto of = [this](const std::string& target, const std::string& headers = "Host: localhost\r\n")
    { return answer_to("GET " + target + " HTTP/1.1\r\n" + headers + "\r\n"); };
    EXPECT_EQ(of("/api/%00").status, 400);
    EXPECT_EQ(of("http://evil.example/").status, 400);
    EXPECT_EQ(of("/api/x", "Host: localhost\r\nHost: evil.example\r\n").status, 400);
    EXPECT_EQ(of("/api/x", "Host: localhost\r\nContent-Length: 5\r\n").status, 400);
    for (const std::string encoding : {"chunked", "chunked, identity", "gzip", "identity", ""})
        EXPECT_EQ(of("/api/x", "Host: localhost\r\nTransfer-Encoding: " + encoding + "\r\n").status, 400)
            << encoding;
    EXPECT_EQ(of("/api/x?" + std::string(7'000, 'q')).status, 414);
    EXPECT_EQ(of("/api/" + std::string(20'000, 'x')).status, 431);
    EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Http, TellsProgramsThatAskTheApiInJson)
{
    const auto answer = answer_to("DELETE /api/sims HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.at("Allow"), "GET, HEAD");
    EXPECT_EQ(answer.headers.at("Content-Type"), "application/problem+json");
    EXPECT_THAT(answer.body, StartsWith(R"({"type":"about:blank","title":"GET and HEAD only","status":405)"));
}

TEST_F(Http, SurvivesADefectOfTheConsole)
{
    console = [](WebRequest) -> awaitable<WebReply>
    {
        throw std::logic_error("a defect");
        co_return WebReply{};
    };
    const auto answer = get("/api/x");
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, testing::AllOf(HasSubstr("hint"), testing::Not(HasSubstr("a defect"))));
    EXPECT_EQ(get("/healthz").status, 200);
}

// --- streams

// Tells when it goes: of what a stream captures, that the stream is over.
class Ending
{
public:
    explicit Ending(std::promise<void>& gone) : gone_(gone) {}
    ~Ending() { gone_.set_value(); }
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;

private:
    std::promise<void>& gone_;
};

class HttpStreams : public Http
{
protected:
    explicit HttpStreams(std::chrono::milliseconds patience = std::chrono::hours{1}) : Http(patience)
    {
        console = [this](WebRequest request) -> awaitable<WebReply>
        {
            if (request.path == "/api/wake")
                event.wake();
            else if (request.path == "/api/stream")
                co_return stream([this](ChunkWriter& chunks) { return tell_each_wake(chunks); });
            co_return text("");
        };
    }

    awaitable<void> tell_each_wake(ChunkWriter& chunks)
    {
        co_await chunks.write("begun");
        for (;;)
        {
            co_await event.wait();
            co_await chunks.write("woken");
        }
    }

    std::unique_ptr<Client> watch()
    {
        auto client = std::make_unique<Client>(server.port());
        client->send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(client->receive_header().status, 200);
        EXPECT_EQ(client->receive_chunk(), "begun");
        return client;
    }
};

TEST_F(HttpStreams, SendChunksAndAnEnd)
{
    console = [](WebRequest) -> awaitable<WebReply>
    {
        co_return stream(
            [](ChunkWriter& chunks) -> awaitable<void>
            {
                co_await chunks.write("one ");
                co_await chunks.write("");
                co_await chunks.write("two");
            });
    };
    Client client{server.port()};
    const auto answer = client.get("/api/stream");
    EXPECT_EQ(answer.headers.at("Transfer-Encoding"), "chunked");
    EXPECT_FALSE(answer.headers.contains("Content-Length"));
    EXPECT_EQ(answer.body, "one two");
    EXPECT_TRUE(client.ended_well());
    EXPECT_TRUE(client.has_ended());
}

TEST_F(HttpStreams, AreCutThatWaitForTheirClient)
{
    std::atomic<bool> is_over = false;
    console = [&is_over](WebRequest) -> awaitable<WebReply>
    {
        co_return stream(
            [&is_over](ChunkWriter& chunks) -> awaitable<void>
            {
                const std::shared_ptr<void> end{
                    nullptr, [&is_over](void*)
                    {
                        is_over = true;
                        is_over.notify_one();
                    }};
                for (;;)
                    co_await chunks.write(std::string(100'000, 'x'));
            });
    };
    Client client{server.port()};
    client.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive_header().status, 200);
    boost::asio::post(io, [this] { server.cut_streams(); });
    is_over.wait(false);
    EXPECT_FALSE(client.ended_well());
}

TEST_F(HttpStreams, AreNothingForHttp10)
{
    const auto answer = answer_to("GET /api/stream HTTP/1.0\r\n\r\n");
    EXPECT_EQ(answer.status, 505);
    EXPECT_THAT(answer.body, HasSubstr("proxy_http_version 1.1"));
}

TEST_F(HttpStreams, OfHeadHaveNoBodyAndAreNotRun)
{
    bool is_run = false;
    console = [&is_run](WebRequest) -> awaitable<WebReply>
    {
        co_return stream(
            [&is_run](ChunkWriter&) -> awaitable<void>
            {
                is_run = true;
                co_return;
            });
    };
    Client client{server.port()};
    client.send("HEAD /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive(false).headers.at("Transfer-Encoding"), "chunked");
    EXPECT_TRUE(client.has_ended());
    EXPECT_FALSE(is_run);
}

// A stream is silent by nature: the rule for idle clients would end it first.
TEST_F(HttpStreams, MakeNoRoomForOthers)
{
    const auto watcher = watch();
    std::list<Client> idle;
    for (int i = 0; i < 100; ++i)
        idle.emplace_back(server.port());
    EXPECT_EQ(get("/api/wake").status, 200);
    EXPECT_EQ(watcher->receive_chunk(), "woken");
}

TEST_F(HttpStreams, LeaveRoomForOtherClientsHoweverMany)
{
    std::list<std::unique_ptr<Client>> watchers;
    for (std::size_t i = 0; i < most_streams; ++i)
        watchers.push_back(watch());
    std::list<Client> clients;
    for (int i = 0; i < 31; ++i)
        EXPECT_EQ(clients.emplace_back(server.port()).get("/healthz").status, 200);
    EXPECT_EQ(get("/healthz").status, 200);
    EXPECT_EQ(clients.front().get("/healthz").status, 200) << "none was cut for a stream";
}

TEST_F(HttpStreams, AreBoundedInNumber)
{
    std::list<std::unique_ptr<Client>> watchers;
    for (std::size_t i = 0; i < most_streams; ++i)
        watchers.push_back(watch());
    const auto refused = get("/api/stream");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.headers.at("Retry-After"), "1");
    EXPECT_EQ(refused.headers.at("Content-Type"), "application/problem+json");
    EXPECT_EQ(get("/api/wake").status, 200);
    EXPECT_EQ(watchers.front()->receive_chunk(), "woken");
}

TEST_F(HttpStreams, EndWithTheirClientAlthoughTheyWriteNothing)
{
    std::promise<void> gone;
    console = [this, &gone](WebRequest) -> awaitable<WebReply>
    {
        co_return stream(
            [this, ending = std::make_shared<Ending>(gone)](ChunkWriter& chunks) -> awaitable<void>
            {
                co_await chunks.write("begun");
                co_await event.wait();
                co_await chunks.write("for nobody");
            });
    };
    watch().reset();
    gone.get_future().get();
}

TEST_F(HttpStreams, ThatFailAreCutShort)
{
    console = [](WebRequest) -> awaitable<WebReply>
    {
        co_return stream(
            [](ChunkWriter& chunks) -> awaitable<void>
            {
                co_await chunks.write("half");
                throw std::runtime_error("the database went away");
            });
    };
    Client client{server.port()};
    EXPECT_EQ(client.get("/api/sims.csv").body, "half");
    EXPECT_FALSE(client.ended_well()) << "half a list must not look like a whole one";
    EXPECT_EQ(get("/healthz").status, 200);
}

class ImpatientStreams : public HttpStreams
{
protected:
    ImpatientStreams() : HttpStreams(std::chrono::milliseconds{50}) {}
};

TEST_F(ImpatientStreams, CutAReaderThatDoesNotRead)
{
    std::promise<void> gone;
    console = [&gone](WebRequest) -> awaitable<WebReply>
    {
        co_return stream(
            [ending = std::make_shared<Ending>(gone)](ChunkWriter& chunks) -> awaitable<void>
            {
                for (const std::string chunk(64 << 10, 'x');;)
                    co_await chunks.write(chunk);
            });
    };
    Client client{server.port()};
    client.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    gone.get_future().get();
    EXPECT_EQ(client.receive_header().status, 200);
    while (client.receive_chunk())
    {
    }
    EXPECT_FALSE(client.ended_well());
}

// The time of an answer is not the client's, and a stream may be silent for longer than a client.
TEST_F(ImpatientStreams, CutNobodyForTheTimeThatTheServerTakes)
{
    console = [this](WebRequest) -> awaitable<WebReply>
    {
        const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds{200};
        co_await event.wait_until(later);
        co_return stream(
            [this, later](ChunkWriter& chunks) -> awaitable<void>
            {
                co_await chunks.write("begun ");
                co_await event.wait_until(later + std::chrono::milliseconds{200});
                co_await chunks.write("done");
            });
    };
    EXPECT_EQ(get("/api/stream").body, "begun done");
}

// --- bounds

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

std::string peer_of(const std::string& listen, const std::function<Answer(HttpServer&)>& ask)
{
    boost::asio::io_context io{1};
    HttpHandlers handlers;
    handlers.console = [](WebRequest request) -> awaitable<WebReply>
    {
        const auto kind = request.peer.kind;
        co_return text(
            std::string(
                kind == PeerKind::loopback      ? "loopback "
                : kind == PeerKind::unix_socket ? "unix "
                                                : "other ") +
            request.peer.address);
    };
    HttpServer server{io.get_executor(), listen, std::move(handlers)};
    server.start();
    std::thread thread{[&io] { io.run(); }};
    const auto answer = ask(server);
    io.stop();
    thread.join();
    return answer.body;
}

TEST(HttpServer, KnowsWhereAPeerIs)
{
    const auto ask_at = [](const std::string& address)
    { return [address](HttpServer& server) { return Client(server.port(), address).get("/"); }; };
    EXPECT_EQ(peer_of("0.0.0.0:0", ask_at("127.0.0.1")), "loopback 127.0.0.1");
    EXPECT_EQ(peer_of("127.0.0.2:0", ask_at("127.0.0.2")), "loopback 127.0.0.1");
    if (const auto address = test::address_for_others(); !address.empty())
        EXPECT_EQ(peer_of("0.0.0.0:0", ask_at(address)), "other " + address);
    if (host_has_ipv6())
        EXPECT_EQ(peer_of("[::]:0", ask_at("127.0.0.1")), "loopback 127.0.0.1") << "mapped into IPv6";
}

class HttpUnixSocket : public testing::Test
{
protected:
    HttpUnixSocket()
    {
        std::string pattern = fs::temp_directory_path() / "simsync-http-XXXXXX";
        folder = mkdtemp(pattern.data());
    }
    ~HttpUnixSocket() override { fs::remove_all(folder); }

    std::string path() const { return folder / "http.sock"; }
    std::unique_ptr<HttpServer> open()
    {
        auto server = std::make_unique<HttpServer>(io.get_executor(), "unix:" + path(), HttpHandlers{});
        server->start();
        return server;
    }
    std::error_code refusal()
    {
        try
        {
            open();
        }
        catch (const std::system_error& error)
        {
            EXPECT_THAT(error.what(), StartsWith("cannot listen on unix:" + path() + " for HTTP"));
            return error.code();
        }
        return {};
    }

    // As a process leaves it that is killed.
    void leave_a_stale_socket() const
    {
        const int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
        EXPECT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        close(left);
    }

    boost::asio::io_context io{1};
    fs::path folder;
};

TEST_F(HttpUnixSocket, ServesWhomItsModeLetsIn)
{
    EXPECT_EQ(peer_of("unix:" + path(), [this](HttpServer&) { return Client(path()).get("/"); }), "unix ");
    const auto server = open();
    struct stat status
    {
    };
    ASSERT_EQ(stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0660U);
    EXPECT_EQ(server->port(), 0);
}

TEST_F(HttpUnixSocket, GoesWithItsServer)
{
    open().reset();
    EXPECT_FALSE(fs::exists(path()));
}

TEST_F(HttpUnixSocket, TakesThePlaceOfADeadOne)
{
    leave_a_stale_socket();
    const auto server = open();
    EXPECT_EQ(refusal(), std::errc::address_in_use) << "this one lives";
}

TEST_F(HttpUnixSocket, LeavesOtherFilesAlone)
{
    std::ofstream{path()} << "a file of somebody";
    EXPECT_EQ(refusal(), std::errc::file_exists);
    EXPECT_TRUE(fs::is_regular_file(path()));
}

TEST_F(HttpUnixSocket, LeavesTheSocketThatTookItsPlace)
{
    auto first = open();
    fs::remove(path());
    const auto second = open();
    first.reset();
    EXPECT_TRUE(fs::exists(path()));
}

TEST_F(HttpUnixSocket, TellsThatItsFolderIsNotThere)
{
    fs::remove(folder);
    EXPECT_EQ(refusal(), std::errc::no_such_file_or_directory);
}

TEST(HttpServer, ListensOnAName)
{
    boost::asio::io_context io;
    HttpServer server{io.get_executor(), "localhost:0", {}};
    server.start();
    EXPECT_NE(server.port(), 0);
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
