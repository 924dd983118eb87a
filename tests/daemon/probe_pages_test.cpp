// What probes and Prometheus get from the HTTP port.
#include "daemon/probe_pages.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

std::string body_of(const WebReply& reply)
{
    return std::get<std::string>(reply.body);
}

TEST(ProbePages, TellThatTheLoopTurns)
{
    EXPECT_EQ(health_page().status, 200U);
    EXPECT_EQ(body_of(health_page()), "ok\n");
}

TEST(ProbePages, TellReadinessByStatusAndReason)
{
    EXPECT_EQ(readiness_page({true, "ready\n"}).status, 200U);
    const auto page = readiness_page({false, "main: the database does not answer\n"});
    EXPECT_EQ(page.status, 503U);
    EXPECT_EQ(body_of(page), "main: the database does not answer\n");
}

TEST(ProbePages, HaveTheFormatOfPrometheus)
{
    const auto page = metrics_page("simsync_sims 5\n");
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(body_of(page), "simsync_sims 5\n");
}

TEST(ProbePages, LoadNothingAndAreFramedByNobody)
{
    for (const auto& page :
         {health_page(), readiness_page({}), metrics_page(""), refusal_page({404, "no", "", ""}, "/x")})
    {
        EXPECT_EQ(page.header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
        EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(page.header("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(page.header("Cross-Origin-Resource-Policy"), "same-origin");
        EXPECT_EQ(page.header("Cache-Control"), "no-store");
    }
}

TEST(ProbePages, RefuseProgramsInJsonAndPeopleInText)
{
    EXPECT_EQ(
        refusal_page({405, "no", "", ""}, "/api/sims").header("Content-Type"), "application/problem+json");
    EXPECT_EQ(
        refusal_page({404, "no", "", ""}, "/nowhere").header("Content-Type"), "text/plain; charset=utf-8");
}

} // namespace
} // namespace simsync
