// Who reaches the console of the program itself, over which address, and what a reload makes of it.
#include "e2e/daemon.hpp"
#include "harness/host_address.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <crypt.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;
namespace asio = boost::asio;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Status line, headers and body, as they come.
template<class Stream>
std::string ask(Stream connection, const std::string& path, const std::string& headers)
{
    connection << "GET " << path << " HTTP/1.0\r\n" << headers << "\r\n" << std::flush;
    std::ostringstream text;
    text << connection.rdbuf();
    return text.str();
}

std::string ask_socket(const fs::path& socket, const std::string& path)
{
    return ask(
        asio::local::stream_protocol::iostream{asio::local::stream_protocol::endpoint{socket.string()}}, path,
        "Host: any.example\r\n");
}

std::string
ask_tcp(const std::string& port, const std::string& path, const std::string& headers = "Host: localhost\r\n")
{
    return ask(asio::ip::tcp::iostream{"127.0.0.1", port}, path, headers);
}

std::string hash_of(const std::string& password)
{
    crypt_data space{};
    return crypt_r(password.c_str(), "$2b$04$abcdefghijklmnopqrstuu", &space);
}

// "maria:sesame" in base64.
const std::string login = "Host: localhost\r\nAuthorization: Basic bWFyaWE6c2VzYW1l\r\n";
const std::string wrong_login = "Host: localhost\r\nAuthorization: Basic bWFyaWE6c2Vlc2Ft\r\n";

class ConsoleAccess : public testing::Test
{
protected:
    ConsoleAccess()
    {
        fs::create_directories(runtime());
        // Nobody here reads what the daemon tells its service manager of each sweep, and that socket holds a
        // few.
        testbed.set("account", "sweep_interval", "\"1h\"");
    }

    fs::path runtime() const { return testbed.folder() / "runtime"; }
    fs::path socket() const { return testbed.folder() / "http.sock"; }
    Strings variables() const { return {"RUNTIME_DIRECTORY=" + runtime().string()}; }
    void listen(const std::string& address) { testbed.set("http", "listen", '"' + address + '"'); }

    Result reload() const
    {
        return run_program(testbed.folder(), {"--config", testbed.config_file(), "reload"}, variables());
    }

    void write_logins() const
    {
        const auto file = testbed.folder() / "console.password";
        std::ofstream(file) << "maria:" << hash_of("sesame") << '\n';
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }

    Testbed testbed{50};
};

TEST_F(ConsoleAccess, IsOverASocketWhereOneIsNamedAndMovesByReload)
{
    listen("unix:" + socket().string());
    Daemon daemon{testbed, variables()};
    EXPECT_THAT(ask_socket(socket(), "/healthz"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(ask_socket(socket(), "/"), StartsWith("HTTP/1.1 200")) << "whatever the Host";
    struct stat status
    {
    };
    ASSERT_EQ(stat(socket().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0660U);

    listen("127.0.0.1:0");
    EXPECT_EQ(reload().code, 0);
    EXPECT_FALSE(fs::exists(socket()));
    const auto line = daemon.program().await_err("serves health and metrics  port=");
    EXPECT_THAT(ask_tcp(line.substr(line.find("port=") + 5), "/"), StartsWith("HTTP/1.1 200"));

    listen("unix:" + socket().string());
    EXPECT_EQ(reload().code, 0);
    EXPECT_THAT(ask_socket(socket(), "/readyz"), StartsWith("HTTP/1.1 "));
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_FALSE(fs::exists(socket()));
}

TEST_F(ConsoleAccess, OverASocketSurvivesAKillAndIsTakenFromNobody)
{
    listen("unix:" + socket().string());
    {
        Daemon killed{testbed, variables()};
        killed.stop(SIGKILL);
    }
    EXPECT_TRUE(fs::exists(socket())) << "a kill leaves it behind";
    Daemon daemon{testbed, variables(), "next"};
    EXPECT_THAT(ask_socket(socket(), "/healthz"), StartsWith("HTTP/1.1 200"));

    const auto second = testbed.run({"run"});
    EXPECT_NE(second.code, 0);
    EXPECT_THAT(
        second.err, AllOf(HasSubstr("cannot listen on unix:" + socket().string()), HasSubstr("in use")));
    EXPECT_THAT(ask_socket(socket(), "/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ConsoleAccess, IsForNoOtherSiteAndNobodysFrame)
{
    listen("127.0.0.1:0");
    Daemon daemon{testbed, variables()};
    const auto port = http_port(daemon.program());
    EXPECT_THAT(
        ask_tcp(port, "/"),
        AllOf(
            StartsWith("HTTP/1.1 200"), HasSubstr("frame-ancestors 'none'"),
            HasSubstr("require-trusted-types-for 'script'"), HasSubstr("X-Content-Type-Options: nosniff")));
    for (const char* path : {"/", "/assets/main.js", "/api/sims"})
        EXPECT_THAT(ask_tcp(port, path, "Host: evil.example\r\n"), StartsWith("HTTP/1.1 421")) << path;
    EXPECT_THAT(
        ask_tcp(port, "/api/sims", "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"),
        AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("application/problem+json")));
    for (const char* path : {"/healthz", "/metrics"})
        EXPECT_THAT(ask_tcp(port, path, "Host: evil.example\r\n"), StartsWith("HTTP/1.1 200")) << path;
}

TEST_F(ConsoleAccess, TakesANewSectionByReloadAndDisturbsNoAccount)
{
    listen("127.0.0.1:0");
    Daemon daemon{testbed, variables()};
    daemon.await_sweep("complete");
    const auto port = http_port(daemon.program());
    const auto leader = "select leader_since from simsync.ledger where account = 'main'";
    const auto since = testbed.sql(leader);
    EXPECT_THAT(ask_tcp(port, "/", "Host: proxy.example\r\n"), StartsWith("HTTP/1.1 421"));

    testbed.set("console", "hosts", "[\"proxy.example\"]");
    EXPECT_EQ(reload().code, 0);
    EXPECT_THAT(ask_tcp(port, "/", "Host: proxy.example\r\n"), StartsWith("HTTP/1.1 200"));

    testbed.set("console", "password_file", "\"nowhere.password\"");
    EXPECT_EQ(reload().code, 78);
    EXPECT_THAT(ask_tcp(port, "/"), StartsWith("HTTP/1.1 200")) << "the old configuration is kept";

    write_logins();
    testbed.set("console", "password_file", "\"console.password\"");
    EXPECT_EQ(reload().code, 0);
    EXPECT_THAT(ask_tcp(port, "/"), AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("WWW-Authenticate: Basic")));
    EXPECT_THAT(ask_tcp(port, "/", login), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(ask_tcp(port, "/", wrong_login), StartsWith("HTTP/1.1 401"));

    testbed.set("console", "enabled", "false");
    EXPECT_EQ(reload().code, 0);
    EXPECT_THAT(ask_tcp(port, "/"), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("HINT: [console] enabled")));
    EXPECT_THAT(ask_tcp(port, "/healthz"), StartsWith("HTTP/1.1 200"));

    EXPECT_EQ(testbed.sql(leader), since) << "nobody mirrored anew for a page";
    EXPECT_THAT(daemon.program().err(), AllOf(Not(HasSubstr("sesame")), Not(HasSubstr("$2b$"))));
}

TEST_F(ConsoleAccess, IsForThisHostUntilOthersMayLogIn)
{
    const auto address = address_for_others();
    if (address.empty())
        GTEST_SKIP() << "this host has no address but loopback";
    listen("0.0.0.0:0");
    Daemon daemon{testbed, variables()};
    const auto port = http_port(daemon.program());
    const auto from_elsewhere = [&](const std::string& path, const std::string& headers) {
        return ask(asio::ip::tcp::iostream{address, port}, path, headers);
    };
    const std::string host = "Host: " + address + "\r\n";
    for (const char* path : {"/", "/api/sims"})
        EXPECT_THAT(
            from_elsewhere(path, host),
            AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("ssh -L 9469:127.0.0.1:9469 HOST")));
    EXPECT_THAT(from_elsewhere("/metrics", host), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(ask_tcp(port, "/"), StartsWith("HTTP/1.1 200"));

    write_logins();
    testbed.set("console", "password_file", "\"console.password\"");
    EXPECT_EQ(reload().code, 0);
    EXPECT_THAT(daemon.program().await_err("logins from there"), HasSubstr("allow_plaintext = true"));
    EXPECT_THAT(from_elsewhere("/", login), AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("allow_plaintext")));

    testbed.set("console", "allow_plaintext", "true");
    EXPECT_EQ(reload().code, 0);
    EXPECT_THAT(from_elsewhere("/", host), StartsWith("HTTP/1.1 401"));
    EXPECT_THAT(from_elsewhere("/", login), StartsWith("HTTP/1.1 200"));
}

TEST_F(ConsoleAccess, IsPartOfWhatCheckTells)
{
    EXPECT_THAT(testbed.run({"check"}).out, HasSubstr("ok   console"));
    write_logins();
    testbed.set("console", "password_file", "\"console.password\"");
    EXPECT_THAT(testbed.run({"check"}).out, HasSubstr("users who log in: 1"));
    listen("0.0.0.0:9469");
    EXPECT_THAT(testbed.run({"check"}).out, AllOf(HasSubstr("BAD  console"), HasSubstr("allow_plaintext")));
    testbed.set("console", "enabled", "false");
    EXPECT_THAT(testbed.run({"check"}).out, HasSubstr("ok   console               turned off"));
}

} // namespace
} // namespace simsync::test
