// Who is let in to the console: the whole table, by the pure part of it.
#include "daemon/console/access.hpp"

#include "sink/base64.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr unsigned let_in = 0;

AccessRules rules()
{
    return {{"simsync.example"}, false, false, ""};
}

WebRequest request(const std::string& host, const std::string& path = "/", Peer peer = {})
{
    WebRequest asked;
    asked.path = path;
    asked.headers = {{"Host", host}};
    asked.peer = std::move(peer);
    return asked;
}

const Peer near{PeerKind::loopback, "127.0.0.1"};
const Peer far{PeerKind::other, "192.0.2.7"};
const Peer socket_peer{PeerKind::unix_socket, ""};

unsigned status_of(const AccessRules& by, const WebRequest& asked)
{
    const auto problem = refuse_stranger(by, asked);
    if (problem)
        EXPECT_NE(problem->hint, "") << problem->title;
    return problem ? problem->status : let_in;
}

// A page of another site whose name was made to point here would read the console through its visitor.
TEST(Access, IsForNoOtherSite)
{
    for (const char* host :
         {"evil.example", "evil.example:9469", "localhost.evil.example", "127.0.0.1.evil.example",
          "evil.example:127.0.0.1", "evilsimsync.example", "a.simsync.example", "simsync.example.", "",
          "evil.example#.localhost", "evil.example/.localhost", "evil.example\t.localhost", "[localhost]",
          "127.0.0.1:@evil.example"})
        for (const char* path : {"/", "/assets/main.js", "/api/sims"})
            EXPECT_EQ(status_of(rules(), request(host, path, near)), 421U) << host << path;
}

TEST(Access, IsByAnyNameThatIsSurelyOurs)
{
    for (const char* host :
         {"localhost", "LocalHost:8080", "sim.localhost", "127.0.0.1", "127.0.0.1:9469", "[::1]",
          "[::1]:9469", "192.0.2.7:9469", "[2001:db8::7]:9469", "simsync.example", "SimSync.Example:8443"})
        EXPECT_EQ(status_of(rules(), request(host, "/api/sims", near)), let_in) << host;
}

TEST(Access, OfASocketIsByAnyName)
{
    EXPECT_EQ(status_of(rules(), request("evil.example", "/api/sims", socket_peer)), let_in);
    EXPECT_EQ(status_of(rules(), request("", "/", socket_peer)), let_in);
}

TEST(Access, FromElsewhereTakesALoginThatNobodyCanOverhear)
{
    auto by = rules();
    const auto asked = request("192.0.2.1", "/api/sims", far);
    EXPECT_EQ(status_of(by, asked), 403U);
    EXPECT_THAT(
        refuse_stranger(by, asked)->hint, "ssh -L 9469:127.0.0.1:9469 HOST, or [console] password_file");
    by.asks_for_login = true;
    EXPECT_EQ(status_of(by, asked), 403U);
    EXPECT_THAT(refuse_stranger(by, asked)->hint, HasSubstr("allow_plaintext"));
    by.allow_plaintext = true;
    EXPECT_EQ(status_of(by, asked), let_in) << "and is asked for a login then";
    by.asks_for_login = false;
    EXPECT_EQ(status_of(by, asked), 403U) << "allow_plaintext alone opens nothing";
}

TEST(Access, OfAnotherSitesPageEndsAtTheApi)
{
    const auto from = [](const std::string& site, const std::string& path, const Peer& peer)
    {
        auto asked = request("localhost", path, peer);
        asked.headers.emplace_back("sec-fetch-site", site);
        return status_of(rules(), asked);
    };
    for (const char* site : {"cross-site", "same-site", "anything"})
    {
        EXPECT_EQ(from(site, "/api/sims", near), 403U) << site;
        EXPECT_EQ(from(site, "/api/sims", socket_peer), 403U) << site;
        EXPECT_EQ(from(site, "/", near), let_in) << "a link may lead here";
    }
    EXPECT_EQ(from("same-origin", "/api/sims", near), let_in);
    EXPECT_EQ(from("none", "/api/sims", near), let_in);
}

TEST(Access, NamesTheHostBeforeAnythingElse)
{
    auto asked = request("evil.example", "/api/sims", far);
    asked.headers.emplace_back("Sec-Fetch-Site", "cross-site");
    EXPECT_EQ(status_of(rules(), asked), 421U);
}

TEST(Access, QuotesAHostInOneLine)
{
    const auto problem = refuse_stranger(rules(), request("\x1B[31mevil", "/", near));
    EXPECT_THAT(problem->detail, testing::Not(HasSubstr("\x1B")));
}

TEST(Access, RulesComeOutOfTheConfiguration)
{
    Config config;
    config.http_listen = "sim1.example:9469";
    config.http_url = "https://Console.Example:8443/simsync/";
    config.console.hosts = {"proxy.example"};
    config.console.user_header = "X-User";
    const auto by = access_rules(config);
    EXPECT_THAT(by.names, testing::UnorderedElementsAre("proxy.example", "sim1.example", "console.example"));
    EXPECT_FALSE(by.asks_for_login);
    EXPECT_EQ(by.user_header, "X-User");

    config.http_listen = "unix:/run/simsync/http.sock";
    config.http_url = "";
    config.console.password_file.path = "/etc/simsync/console.password";
    config.console.allow_plaintext = true;
    EXPECT_THAT(access_rules(config).names, ElementsAre("proxy.example"));
    EXPECT_TRUE(access_rules(config).asks_for_login);
    EXPECT_TRUE(access_rules(config).allow_plaintext);
}

TEST(Access, OfALoginThatOthersCouldOverhearIsDoubted)
{
    Config config;
    config.console.password_file.path = "/etc/simsync/console.password";
    for (const char* listen :
         {"127.0.0.1:9469", "[::1]:9469", "localhost:9469", "unix:/run/simsync/http.sock", ""})
    {
        config.http_listen = listen;
        EXPECT_EQ(doubt_about_console(config), std::nullopt) << listen;
    }
    for (const char* listen : {"0.0.0.0:9469", "[::]:9469", "192.0.2.7:80", "sim1.example:80"})
    {
        config.http_listen = listen;
        ASSERT_NE(doubt_about_console(config), std::nullopt) << listen;
        EXPECT_THAT(doubt_about_console(config)->hint, HasSubstr("allow_plaintext"));
    }
    config.console.allow_plaintext = true;
    EXPECT_EQ(doubt_about_console(config), std::nullopt);
    config.console = {};
    EXPECT_EQ(doubt_about_console(config), std::nullopt);
}

TEST(Access, ReadsBasicCredentials)
{
    const auto of = [](const std::string& pair) { return credentials_of("Basic " + base64(pair)); };
    EXPECT_EQ(of("maria:sesame:open")->user, "maria");
    EXPECT_EQ(of("maria:sesame:open")->password, "sesame:open");
    EXPECT_EQ(of("maria:")->password, "");
    EXPECT_EQ(credentials_of("basic " + base64("a:b"))->password, "b");
    for (const char* none : {"", "Basic", "Basic ", "Basic %%%", "Bearer abc", "Basic bm9jb2xvbg=="})
        EXPECT_FALSE(credentials_of(none)) << none;
}

TEST(Access, BelievesAProxyOnThisHostAlone)
{
    auto by = rules();
    by.user_header = "X-Forwarded-User";
    auto asked = request("localhost", "/", near);
    EXPECT_THAT(user_of_proxy(by, asked), IsEmpty());
    asked.headers.emplace_back("x-forwarded-user", "maria\x1B[31m");
    EXPECT_EQ(user_of_proxy(by, asked), "maria\\x1B[31m");
    asked.peer = socket_peer;
    EXPECT_THAT(user_of_proxy(by, asked), HasSubstr("maria"));
    asked.peer = far;
    EXPECT_THAT(user_of_proxy(by, asked), IsEmpty());
    asked.peer = near;
    by.user_header = "";
    EXPECT_THAT(user_of_proxy(by, asked), IsEmpty());
}

} // namespace
} // namespace simsync
