// The console's gate as browsers, proxies and strangers meet it: real sockets, and an API of one answer.
#include "daemon/console/gate.hpp"

#include "daemon/http.hpp"
#include "daemon/readiness.hpp"
#include "web_client.hpp"

#include "sink/base64.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <crypt.h>

#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <thread>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using boost::asio::awaitable;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::array<Asset, 2> assets{{
    {"/", "text/html; charset=utf-8", "aaaa", Lifetime::checked, "<!doctype html>the console", {}, {}},
    {"/assets/main-ABCD1234.js",
     "text/javascript; charset=utf-8",
     "bbbb",
     Lifetime::immutable,
     "script",
     {},
     {}},
}};

// As htpasswd makes them, and as cheap as bcrypt can be.
std::string hash_of(const std::string& password)
{
    crypt_data space{};
    const char* salt = "$2b$04$abcdefghijklmnopqrstuu";
    return crypt_r(password.c_str(), salt, &space);
}

std::string login(const std::string& user, const std::string& password)
{
    return "Authorization: Basic " + base64(user + ':' + password) + "\r\n";
}

// The gate behind a server on a thread of its own.
class Site
{
public:
    explicit Site(AccessRules rules, const std::string& listen = "127.0.0.1:0")
        : gate_(
              std::move(rules), {{"maria", hash_of("sesame")}, {"juri", hash_of("seesam")}}, &hashing_,
              assets, &api),
          server_(io_.get_executor(), listen, handlers())
    {
        server_.start();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~Site()
    {
        io_.stop();
        thread_.join();
    }
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    std::uint16_t port() const { return server_.port(); }

    Answer get(const std::string& path, const std::string& headers = "")
    {
        return Client{port()}.get(path, headers);
    }
    Answer get_as(const std::string& host, const std::string& path)
    {
        Client client{port()};
        client.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        return client.receive();
    }

private:
    static awaitable<WebReply> api(WebRequest request)
    {
        WebReply reply{200, {{"Content-Type", "application/json"}}, "{\"user\":\"" + request.user + "\"}"};
        if (request.path == "/api/sims.csv")
            reply.set("Cache-Control", "no-store");
        co_return reply;
    }

    HttpHandlers handlers()
    {
        return {
            [] {
                return Readiness{true, "ready\n"};
            },
            [] { return std::string("simsync_sims 5\n"); },
            [this](WebRequest request) { return gate_.answer(std::move(request)); }};
    }

    boost::asio::io_context io_{1};
    BlockingThread hashing_;
    Gate gate_;
    HttpServer server_;
    std::thread thread_;
};

AccessRules with_login()
{
    AccessRules rules;
    rules.asks_for_login = true;
    return rules;
}

TEST(Gate, SendsEveryHeaderThatKeepsOtherSitesOut)
{
    Site site{{}};
    for (const char* path : {"/", "/assets/main-ABCD1234.js", "/assets/none.js"})
    {
        const auto headers = site.get(path).headers;
        EXPECT_EQ(
            headers.at("Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for "
            "'script'");
        EXPECT_EQ(headers.at("Cross-Origin-Opener-Policy"), "same-origin");
    }
    for (const char* path : {"/", "/assets/main-ABCD1234.js", "/api/sims", "/assets/none.js"})
    {
        const auto headers = site.get(path).headers;
        EXPECT_EQ(headers.at("Cross-Origin-Resource-Policy"), "same-origin");
        EXPECT_EQ(headers.at("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(headers.at("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(headers.at("Permissions-Policy"), "camera=(), microphone=(), geolocation=()");
        EXPECT_FALSE(headers.contains("Access-Control-Allow-Origin"));
    }
}

TEST(Gate, LetsKeepWhatMayBeKept)
{
    Site site{{}};
    EXPECT_EQ(site.get("/").headers.at("Cache-Control"), "no-cache");
    EXPECT_EQ(site.get("/api/sims").headers.at("Cache-Control"), "no-cache");
    EXPECT_EQ(site.get("/api/sims.csv").headers.at("Cache-Control"), "no-store");
    EXPECT_THAT(site.get("/assets/main-ABCD1234.js").headers.at("Cache-Control"), HasSubstr("immutable"));
    Client client{site.port()};
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"aaaa\"\r\n\r\n");
    const auto same = client.receive(false);
    EXPECT_EQ(same.status, 304);
    EXPECT_TRUE(same.headers.contains("Content-Security-Policy")) << "a browser takes them from this answer";
    client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive(false).headers.at("Content-Length"), "26");
    EXPECT_EQ(client.get("/healthz").body, "ok\n");
}

// Rebinding: the name of another site was made to point here.
TEST(Gate, AnswersNoOtherSitesNameButToProbes)
{
    Site site{{{"simsync.example"}, false, false, ""}};
    for (const char* path : {"/", "/assets/main-ABCD1234.js", "/api/sims"})
    {
        const auto answer = site.get_as("evil.example", path);
        EXPECT_EQ(answer.status, 421) << path;
        EXPECT_THAT(
            answer.body,
            AllOf(Not(HasSubstr("the console<")), Not(HasSubstr("script")), HasSubstr("[console] hosts")));
        EXPECT_EQ(site.get_as("simsync.example", path).status, 200) << path;
    }
    EXPECT_EQ(
        site.get_as("evil.example", "/api/sims").headers.at("Content-Type"), "application/problem+json");
    for (const char* path : {"/healthz", "/readyz", "/metrics"})
        EXPECT_EQ(site.get_as("evil.example", path).status, 200) << path;
}

TEST(Gate, AnswersNoOtherSitesPage)
{
    Site site{{}};
    EXPECT_EQ(site.get("/api/sims", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n").status, 403);
    EXPECT_EQ(site.get("/api/sims", "Sec-Fetch-Site: same-origin\r\n").status, 200);
}

TEST(Gate, OfASocketAnswersByAnyName)
{
    std::string pattern = fs::temp_directory_path() / "simsync-gate-XXXXXX";
    const fs::path folder = mkdtemp(pattern.data());
    {
        const auto path = (folder / "http.sock").string();
        AccessRules rules;
        rules.user_header = "X-User";
        Site site{rules, "unix:" + path};
        Client client{path};
        client.send("GET /api/sims HTTP/1.1\r\nHost: simsync\r\nX-User: maria\r\n\r\n");
        EXPECT_EQ(client.receive().body, "{\"user\":\"maria\"}");
    }
    fs::remove_all(folder);
}

// --- the login

TEST(GateWithLogin, AsksWhoIsThere)
{
    Site site{with_login()};
    for (const char* path : {"/", "/assets/main-ABCD1234.js", "/api/sims"})
    {
        const auto answer = site.get(path);
        EXPECT_EQ(answer.status, 401) << path;
        EXPECT_EQ(answer.headers.at("WWW-Authenticate"), R"(Basic realm="simsync", charset="UTF-8")");
        EXPECT_THAT(answer.body, Not(HasSubstr("script")));
    }
    for (const char* path : {"/healthz", "/readyz", "/metrics"})
        EXPECT_EQ(site.get(path).status, 200) << path;
}

TEST(GateWithLogin, LetsInWhoKnowsThePassword)
{
    Site site{with_login()};
    EXPECT_EQ(site.get("/", login("maria", "sesame")).status, 200);
    EXPECT_EQ(site.get("/api/sims", login("maria", "sesame")).body, "{\"user\":\"maria\"}");
    EXPECT_EQ(site.get("/api/sims", login("maria", "sesame")).body, "{\"user\":\"maria\"}") << "known by now";
    EXPECT_EQ(site.get("/api/sims", login("juri", "seesam")).body, "{\"user\":\"juri\"}");
}

TEST(GateWithLogin, LetsNobodyElseIn)
{
    Site site{with_login()};
    ASSERT_EQ(site.get("/", login("maria", "sesame")).status, 200);
    std::list<Client> clients; // side by side: each waits for a second
    for (const auto& header :
         {login("maria", "seesam"), login("juri", "sesame"), login("nobody", "sesame"),
          std::string("Authorization: Bearer sesame\r\n"), std::string("Authorization: Basic %%%\r\n")})
        clients.emplace_back(site.port())
            .send("GET /api/sims HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
    for (auto& client : clients)
    {
        const auto answer = client.receive();
        EXPECT_EQ(answer.status, 401);
        EXPECT_TRUE(answer.headers.contains("WWW-Authenticate"));
        EXPECT_EQ(answer.headers.at("Content-Type"), "application/problem+json");
    }
}

// Guessing is bounded by number, and who is known already is not kept out by it.
TEST(GateWithLogin, LooksAtFewAtOnce)
{
    Site site{with_login()};
    ASSERT_EQ(site.get("/", login("maria", "sesame")).status, 200);
    std::list<Client> guessing;
    for (int i = 0; i < 20; ++i)
        guessing.emplace_back(site.port())
            .send("GET / HTTP/1.1\r\nHost: localhost\r\n" + login("maria", std::to_string(i)) + "\r\n");
    int busy = 0;
    for (auto& client : guessing)
        busy += client.receive().status == 503 ? 1 : 0;
    EXPECT_EQ(busy, 15);
    EXPECT_EQ(site.get("/", login("maria", "sesame")).status, 200);
}

TEST(GateWithLogin, LooksOnceForAllThatAPageAsksAtOnce)
{
    Site site{with_login()};
    std::list<Client> clients;
    for (int i = 0; i < 20; ++i)
        clients.emplace_back(site.port())
            .send("GET / HTTP/1.1\r\nHost: localhost\r\n" + login("maria", "sesame") + "\r\n");
    for (auto& client : clients)
        EXPECT_EQ(client.receive().status, 200);
}

TEST(GateWithLogin, BelievesWhomAProxyNames)
{
    auto rules = with_login();
    rules.user_header = "X-User";
    Site site{rules};
    EXPECT_EQ(site.get("/api/sims", "X-User: maria\r\n").status, 401) << "a name is no login";
    EXPECT_EQ(
        site.get("/api/sims", "X-User: kati\r\n" + login("maria", "sesame")).body, "{\"user\":\"kati\"}");
}

} // namespace
} // namespace simsync
