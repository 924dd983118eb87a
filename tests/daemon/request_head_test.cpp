// Which requests the HTTP port serves, and what is handed on of them.
#include "daemon/request_head.hpp"

#include "daemon/percent_escapes.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

RequestHead get(std::string target, WebHeaders headers = {{"Host", "localhost"}})
{
    return {"GET", std::move(target), std::move(headers), false};
}

unsigned status_of(const RequestHead& head)
{
    const auto problem = problem_of(head);
    return problem ? problem->status : 200;
}

TEST(RequestHead, OfAGetOrHeadOfAPathIsServed)
{
    EXPECT_EQ(status_of(get("/")), 200U);
    EXPECT_EQ(status_of(get("/api/sims?q=%C3%A4&x=1+2")), 200U);
    EXPECT_EQ(status_of(get("/healthz", {})), 200U) << "HTTP/1.0 names no host";
    EXPECT_EQ(status_of({"HEAD", "/", {}, false}), 200U);
}

TEST(RequestHead, OfAnotherMethodIsRefusedBeforeAnythingElse)
{
    for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW", "get", ""})
        EXPECT_EQ(status_of({method, "no path", {}, true}), 405U) << method;
}

TEST(RequestHead, ThatAnnouncesABodyIsRefused)
{
    auto head = get("/");
    head.has_body = true;
    EXPECT_EQ(status_of(head), 400U);
}

TEST(RequestHead, NamesOneHostAtMost)
{
    EXPECT_EQ(status_of(get("/", {{"Host", "localhost"}, {"hOST", "evil.example"}})), 400U);
    EXPECT_EQ(status_of(get("/", {{"Host", "localhost"}, {"X-Host", "evil.example"}})), 200U);
}

TEST(RequestHead, AsksForAPathOfThisHost)
{
    for (const std::string target : {"http://evil.example/", "*", "healthz", ""})
        EXPECT_EQ(status_of(get(target)), 400U) << target;
}

TEST(RequestHead, HasGoodEscapesInPathAndQuery)
{
    for (const std::string target :
         {"/%", "/api/%2", "/api/x?q=%zz", "/api/%00", "/api/x?q=%0", "/%g0", "/%0g"})
        EXPECT_EQ(status_of(get(target)), 400U) << target;
    EXPECT_EQ(status_of(get("/api/a%2Fb%25?q=%7e")), 200U);
}

TEST(RequestHead, BoundsTheQueryAlone)
{
    EXPECT_EQ(status_of(get("/x?" + std::string(longest_query, 'q'))), 200U);
    EXPECT_EQ(status_of(get("/x?" + std::string(longest_query + 1, 'q'))), 414U);
    EXPECT_EQ(status_of(get('/' + std::string(longest_query + 1, 'x'))), 200U) << "a path is in the header's";
}

TEST(RequestHead, IsHandedOnAsItWasSent)
{
    const Peer peer{PeerKind::loopback, "127.0.0.1"};
    const auto request = request_of(get("/api/a%2Fb?q=%C3%A4?&x=1+2", {{"X-Asked", "first"}}), peer);
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.path, "/api/a%2Fb");
    EXPECT_EQ(request.query, "q=%C3%A4?&x=1+2");
    EXPECT_EQ(request.header("x-asked"), "first");
    EXPECT_EQ(request.header("absent"), "");
    EXPECT_EQ(request.peer.address, "127.0.0.1");
    EXPECT_EQ(request.user, "");
    EXPECT_EQ(request_of(get("/api/x?"), peer).query, "");
}

TEST(PercentEscapes, AreReadInEitherCaseAndLeaveThePlusAlone)
{
    EXPECT_EQ(percent_decoded("a%2Fb%c3%A4+%25"), "a/b\xC3\xA4+%");
    EXPECT_EQ(percent_decoded("%252F"), "%2F") << "once, and not twice";
}

} // namespace
} // namespace simsync
