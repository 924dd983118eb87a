// Everything that a server, or what stands between, can do to an answer.
#include "client_fixture.hpp"

#include "io/compress.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

constexpr auto short_timeout = 300ms;

class TransportTest : public ClientTest
{
protected:
    // The kind of failure when the query is answered like this.
    FailureKind failure_kind_with(Reaction reaction)
    {
        on_query = [reaction = std::move(reaction)](const Request&) { return reaction; };
        return failed_list().kind;
    }
};

std::string half_of(const Reaction& whole)
{
    return whole.bytes.substr(0, whole.bytes.size() - 5);
}

TEST_F(TransportTest, AStaleConnectionIsReplacedSilently)
{
    options.concurrency = 1;
    on_query = [](const Request&) { return Reaction{one_sim().bytes, Then::close}; };
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(list());
    EXPECT_EQ(queries(), 4U); // the server never saw those that went to a closed connection
    EXPECT_EQ(notified["retry stale_connection"], 3);
}

TEST_F(TransportTest, AStaleConnectionIsReplacedOnceOnly)
{
    options.concurrency = 1;
    EXPECT_EQ(failure_kind_with({"", Then::close}), FailureKind::unreachable);
    EXPECT_EQ(queries(), 2U);
    EXPECT_EQ(notified["retry stale_connection"], 1);
}

TEST_F(TransportTest, OnceAByteOfTheAnswerCameNothingIsRetried)
{
    options.concurrency = 1;
    EXPECT_EQ(failure_kind_with({"H", Then::close}), FailureKind::unreachable);
    EXPECT_EQ(queries(), 1U);
}

TEST_F(TransportTest, ConnectionCloseIsHonoured)
{
    options.concurrency = 1;
    on_query = [](const Request&) {
        return Reaction{reply(200, answers::list_of(""), "Connection: close\r\n").bytes, Then::close};
    };
    EXPECT_TRUE(list());
    EXPECT_TRUE(list());
    EXPECT_EQ(notified["retry stale_connection"], 0);
}

TEST_F(TransportTest, AResetIsUnreachable)
{
    EXPECT_EQ(failure_kind_with({half_of(one_sim()), Then::reset}), FailureKind::unreachable);
}

TEST_F(TransportTest, ACutInMidBodyIsUnreachable)
{
    EXPECT_EQ(failure_kind_with({half_of(one_sim()), Then::close}), FailureKind::unreachable);
}

TEST_F(TransportTest, ARefusedConnectionIsUnreachable)
{
    serve();
    options.endpoint = "http://127.0.0.1:" + std::to_string(server->port());
    server.reset();
    const auto failure = failed_list();
    EXPECT_EQ(failure.kind, FailureKind::unreachable);
    EXPECT_THAT(failure.what, HasSubstr(options.endpoint));
    EXPECT_THAT(failure.what, HasSubstr("refused"));
}

TEST_F(TransportTest, AnUnknownHostIsNotWaitedForBeyondTheDeadline)
{
    options.endpoint = "http://nobody.invalid";
    options.request_timeout = short_timeout;
    serve();
    EXPECT_THAT(failed_list().kind, testing::AnyOf(FailureKind::unreachable, FailureKind::timed_out));
}

TEST_F(TransportTest, OfSeveralAddressesOneThatAnswersWillDo)
{
    serve(); // on 127.0.0.1 only; "localhost" may mean ::1 first
    options.endpoint = "http://localhost:" + std::to_string(server->port());
    EXPECT_TRUE(list());
}

TEST_F(TransportTest, SilenceEndsAtTheDeadline)
{
    options.request_timeout = short_timeout;
    EXPECT_EQ(failure_kind_with({"", Then::silence}), FailureKind::timed_out);
    EXPECT_EQ(queries(), 1U);
}

TEST_F(TransportTest, ADrippingServerEndsAtTheDeadline)
{
    options.request_timeout = short_timeout;
    EXPECT_EQ(failure_kind_with({half_of(one_sim()).substr(0, 60), Then::drip}), FailureKind::timed_out);
}

TEST_F(TransportTest, ADrippingBodyEndsAtTheDeadline)
{
    options.request_timeout = short_timeout;
    EXPECT_EQ(
        failure_kind_with(
            {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
             Then::drip}),
        FailureKind::timed_out);
}

TEST_F(TransportTest, GzipIsRead)
{
    const auto headers = "Content-Encoding: gzip\r\n";
    on_query = [&](const Request&)
    { return reply(200, compress(answers::list_of(R"({"id":"7"})"), gzip_window), headers); };
    EXPECT_THAT(list().value().items, SizeIs(1));
}

TEST_F(TransportTest, AGzipBombIsBounded)
{
    options.page_size = 1;
    EXPECT_EQ(
        failure_kind_with(
            reply(200, compress(std::string(50'000'000, ' '), gzip_window), "Content-Encoding: gzip\r\n")),
        FailureKind::too_large);
}

TEST_F(TransportTest, AHugeBodyIsRefusedByItsLength)
{
    EXPECT_EQ(
        failure_kind_with({"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", Then::silence}),
        FailureKind::too_large);
}

TEST_F(TransportTest, ABodyWithoutEndIsBounded)
{
    options.page_size = 1;
    EXPECT_EQ(
        failure_kind_with({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Then::flood}),
        FailureKind::too_large);
}

TEST_F(TransportTest, AHeaderWithoutEndIsBounded)
{
    EXPECT_EQ(
        failure_kind_with({"HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x'), Then::silence}),
        FailureKind::too_large);
}

TEST_F(TransportTest, WhatIsNoHttpIsMalformed)
{
    EXPECT_EQ(failure_kind_with({"SSH-2.0-OpenSSH_9.2p1\r\n\r\n", Then::silence}), FailureKind::malformed);
}

TEST_F(TransportTest, ABodyThatEndsWithTheConnectionIsRead)
{
    on_query = [](const Request&)
    {
        return Reaction{
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + answers::list_of(R"({"id":"7"})"),
            Then::close};
    };
    EXPECT_THAT(list().value().items, SizeIs(1));
}

TEST_F(TransportTest, HtmlIsNotJson)
{
    const std::string html = "<html>Maintenance</html>";
    const Reaction page{
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + std::to_string(html.size()) +
            "\r\n\r\n" + html,
        Then::keep};
    EXPECT_EQ(failure_kind_with(page), FailureKind::not_json);
}

TEST_F(TransportTest, AnAnswerThatMakesNoSenseSaysWhereItCameFrom)
{
    on_query = [](const Request&) { return reply(200, "{}"); };
    const auto failure = failed_list();
    EXPECT_EQ(failure.kind, FailureKind::malformed);
    EXPECT_THAT(failure.what, HasSubstr("http://127.0.0.1:"));
    EXPECT_GE(notified["simcards malformed"], 1);
}

TEST_F(TransportTest, ARedirectIsNotFollowed)
{
    Server elsewhere{io, [](const Request&) { return one_sim(); }};
    const auto there =
        "Location: http://127.0.0.1:" + std::to_string(elsewhere.port()) + "/partner/graphql\r\n";
    EXPECT_EQ(failure_kind_with(reply(307, "", there)), FailureKind::redirected);
    EXPECT_EQ(elsewhere.connections(), 0U);
}

TEST_F(TransportTest, AfterRetryAfterNothingIsSent)
{
    on_query = [](const Request&) { return reply(429, "{}", "Retry-After: 60\r\n"); };
    EXPECT_EQ(failed_list().retry_after, 60s);
    const auto second = failed_list();
    EXPECT_EQ(second.kind, FailureKind::throttled);
    EXPECT_LE(second.retry_after.value(), 60s);
    EXPECT_GT(second.retry_after.value(), 0s);
    EXPECT_EQ(queries(), 1U);
}

TEST_F(TransportTest, ARetryAfterThatIsPastHoldsNobodyBack)
{
    on_query = [](const Request&)
    { return reply(503, "{}", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"); };
    EXPECT_EQ(failed_list().retry_after, std::nullopt);
    const auto before = queries();
    EXPECT_EQ(failed_list().kind, FailureKind::server_error);
    EXPECT_EQ(queries(), before + 1);
}

// Every place at which a text may be cut in two.
std::vector<Reaction> in_two_segments(const std::string& bytes)
{
    std::vector<Reaction> cut;
    for (std::size_t at = 1; at < bytes.size(); at += 7)
        cut.push_back({bytes.substr(0, at), Then::keep, {bytes.substr(at)}});
    return cut;
}

TEST_F(TransportTest, InterimAnswersArePassedOverInWhateverSegmentsTheyCome)
{
    options.concurrency = 1;
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    int asked = 0;
    const auto sim = [&]
    { return reply(200, answers::list_of(R"({"id":")" + std::to_string(++asked) + "\"}")); };
    for (auto& reaction : in_two_segments(interim + one_sim().bytes))
    {
        on_query = [&](const Request&) { return reaction; };
        ASSERT_EQ(list().value().items.at(0).sim.id, "1001");
        on_query = [&](const Request&) { return sim(); };
        ASSERT_EQ(list().value().items.at(0).sim.id, std::to_string(asked)); // its own answer, no other
    }
    EXPECT_EQ(server->connections(), 1U);
}

TEST_F(TransportTest, InterimAnswersBeforeALoginOrAnActionArePassedOverToo)
{
    const std::string interim = "HTTP/1.1 102 Processing\r\n\r\n";
    on_login = [&](const Request&) { return Reaction{interim, Then::keep, {issue("t").bytes}}; };
    on_query = [&](const Request&)
    {
        return Reaction{
            interim, Then::keep, {interim, reply(200, R"({"data":{"simcard":{"block":true}}})").bytes}};
    };
    EXPECT_FALSE(run(client().act(*operation_named("block"), "1", {})).has_value());
}

TEST_F(TransportTest, InterimAnswersWithoutEndAreNoAnswer)
{
    std::string interim;
    for (int i = 0; i < 200; ++i)
        interim += "HTTP/1.1 102 Processing\r\n\r\n";
    EXPECT_EQ(failure_kind_with({interim, Then::silence}), FailureKind::malformed);
}

TEST_F(TransportTest, WhatComesUnaskedIsNobodysAnswer)
{
    options.concurrency = 1;
    for (const auto& unasked :
         {std::string{"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"},
          reply(200, answers::list_of(R"({"id":"of another"})")).bytes, std::string{"\r\n"}})
    {
        on_query = [&](const Request&) { return Reaction{one_sim().bytes, Then::keep, {unasked}}; };
        EXPECT_EQ(list().value().items.at(0).sim.id, "1001");
        boost::asio::steady_timer moment{io, 20ms};
        bool passed = false;
        moment.async_wait([&](auto) { passed = true; });
        run_until([&] { return passed; });
        on_query = [](const Request&) { return reply(200, answers::list_of(R"({"id":"7"})")); };
        EXPECT_EQ(list().value().items.at(0).sim.id, "7");
        EXPECT_EQ(notified["retry stale_connection"], 0);
    }
}

TEST_F(TransportTest, A408ToAConnectionThatWasIdleIsAskedAgainOnANewOne)
{
    options.concurrency = 1;
    EXPECT_TRUE(list());
    on_query = [&](const Request& request)
    { return request.connection == 1 ? reply(408, "", "Connection: close\r\n") : one_sim(); };
    EXPECT_TRUE(list());
    EXPECT_EQ(notified["retry stale_connection"], 1);
    EXPECT_EQ(logins(), 1U);
}

TEST_F(TransportTest, A408ToANewConnectionIsATimeOut)
{
    options.concurrency = 1;
    on_query = [](const Request&) { return reply(408, "", "Connection: close\r\n"); };
    const auto failure = failed_list();
    EXPECT_EQ(failure.kind, FailureKind::timed_out);
    EXPECT_THAT(hint(failure), HasSubstr("did not get the whole request in time"));
}

TEST_F(TransportTest, HeadsThatOthersTakeAreTaken)
{
    const auto body = answers::list_of(R"({"id":"7"})");
    const auto length = "Content-Length: " + std::to_string(body.size());
    for (const auto& head :
         {"HTTP/1.1 200\r\n" + length + "\r\n\r\n", "HTTP/1.1 200 \r\n" + length + "\r\n\r\n",
          "\r\nHTTP/1.1 200 OK\r\n" + length + "\r\n\r\n", "HTTP/1.1 200 OK\n" + length + "\n\n",
          "HTTP/1.0 200 OK\r\n" + length + "\r\n" + length + "\r\n\r\n",
          "HTTP/1.1 200 \xE9\x01\r\nX : y\r\n folded\r\n" + length + "\r\n\r\n"})
    {
        on_query = [&](const Request&) { return Reaction{head + body, Then::keep}; };
        const auto page = list();
        ASSERT_TRUE(page) << head << page.error().what;
        EXPECT_THAT(page->items, SizeIs(1));
    }
}

// Each spoils a body so that it cannot be had, whatever the status.
std::vector<Reaction> without_a_body(int status, const std::string& headers)
{
    const auto bad = reply(status, "no gzip at all", headers + "Content-Encoding: gzip\r\n");
    const auto brotli = reply(status, "\x0B\x02\x80", headers + "Content-Encoding: br\r\n");
    const auto lengthy = reply(status, std::string(2'000'000, ' '), headers);
    const auto head = reply(status, "", headers).bytes;
    const auto promised = head.substr(0, head.find("Content-Length")) + "Content-Length: 99\r\n\r\n{";
    return {bad, brotli, lengthy, {promised, Then::close}, {promised, Then::reset}};
}

TEST_F(TransportTest, TheStatusCountsWhereTheBodyCannotBeHad)
{
    options.page_size = 1;
    for (const auto& reaction : without_a_body(429, "Retry-After: 60\r\n"))
    {
        drop_client();
        on_query = [&](const Request&) { return reaction; };
        const auto failure = failed_list();
        EXPECT_EQ(failure.kind, FailureKind::throttled) << reaction.bytes.substr(0, 200);
        EXPECT_EQ(failure.retry_after, 60s);
    }
    drop_client();
    for (const auto& reaction : without_a_body(503, ""))
        EXPECT_EQ(failure_kind_with(reaction), FailureKind::server_error) << reaction.bytes.substr(0, 200);
    for (const auto& reaction : without_a_body(401, ""))
    {
        drop_client();
        on_query = [&, first = true](const Request&) mutable
        { return std::exchange(first, false) ? reaction : one_sim(); };
        EXPECT_TRUE(list()) << reaction.bytes.substr(0, 200); // by a new token
    }
}

TEST_F(TransportTest, ABodyThatCannotBeHadIsNoPageAndNoAssent)
{
    for (const auto& reaction : without_a_body(200, ""))
    {
        const auto kind = failure_kind_with(reaction);
        EXPECT_THAT(
            kind, testing::AnyOf(FailureKind::malformed, FailureKind::too_large, FailureKind::unreachable));
        const auto answer = run(client().act(*operation_named("block"), "1", {}));
        const auto end = judge_action(*operation_named("block"), {}, answer, std::nullopt);
        EXPECT_EQ(end.state, ActionState::unknown) << reaction.bytes.substr(0, 200);
    }
}

TEST_F(TransportTest, ALoginsStatusCountsWhateverItsBodyIs)
{
    for (const auto& reaction : without_a_body(503, ""))
    {
        drop_client();
        on_login = [&](const Request&) { return reaction; };
        EXPECT_EQ(failed_list().kind, FailureKind::server_error) << reaction.bytes.substr(0, 200);
    }
    for (const auto& reaction : without_a_body(401, ""))
    {
        drop_client();
        on_login = [&](const Request&) { return reaction; };
        EXPECT_EQ(failed_list().kind, FailureKind::unauthorized) << reaction.bytes.substr(0, 200);
    }
}

TEST_F(TransportTest, ARefusalsBodyIsNotWaitedForUntilTheDeadline)
{
    options.request_timeout = 60s;
    on_query = [](const Request&)
    {
        const auto head = reply(503, "").bytes;
        return Reaction{
            head.substr(0, head.find("Content-Length")) + "Content-Length: 9\r\n\r\n", Then::silence};
    };
    EXPECT_EQ(run(client().act(*operation_named("block"), "1", {}))->kind, FailureKind::server_error);
}

class TlsTest : public TransportTest
{
protected:
    // The certificate is its own authority: this is whom the client trusts.
    void trust(const Certificate& certificate)
    {
        ca_file_ =
            std::filesystem::path{testing::TempDir()} / ("ca-" + std::to_string(server->port()) + ".pem");
        std::ofstream{ca_file_} << certificate.certificate;
        options.ca_file = ca_file_;
        drop_client();
    }

    void TearDown() override { std::filesystem::remove(ca_file_); }

    // Refused before a byte of HTTP.
    void expect_refusal(const std::string& reason, const std::string& advice = "")
    {
        drop_client();
        const auto failure = failed_list();
        EXPECT_EQ(failure.kind, FailureKind::tls);
        EXPECT_THAT(failure.what, HasSubstr(reason));
        EXPECT_THAT(hint(failure), HasSubstr(advice));
        EXPECT_THAT(server->requests(), testing::IsEmpty());
    }

private:
    std::filesystem::path ca_file_;
};

TEST_F(TlsTest, ReadsThroughATrustedConnection)
{
    const auto certificate = make_certificate("DNS:localhost", 1h);
    serve(certificate);
    trust(certificate);
    EXPECT_TRUE(list());
    EXPECT_TRUE(list());
}

TEST_F(TlsTest, ReadsFromAnAddressThatTheCertificateNames)
{
    const auto certificate = make_certificate("IP:127.0.0.1", 1h);
    serve(certificate);
    trust(certificate);
    options.endpoint = "https://127.0.0.1:" + std::to_string(server->port());
    EXPECT_TRUE(list());
}

// Each by its name, with what can be done about it.
TEST_F(TlsTest, RefusesACertificateThatNobodySigned)
{
    const auto certificate = make_certificate("DNS:localhost", 1h);
    serve(certificate);
    expect_refusal("its certificate is self-signed (CN=simsync test)", "ca_file");
    trust(certificate); // as the hint says
    EXPECT_TRUE(list());
}

TEST_F(TlsTest, RefusesAnAuthorityThatNobodyKnows)
{
    const auto authority = make_authority(1h);
    auto certificate = make_certificate_of(authority, "DNS:localhost");
    serve(certificate);
    const auto* const reason =
        "its certificate is of an authority that is not known here (CN=simsync test authority)";
    expect_refusal(reason, "ca_file");
    trust(authority);
    EXPECT_TRUE(list());

    certificate.certificate += authority.certificate; // it shows the authority too
    serve(certificate);
    options.ca_file.clear();
    expect_refusal(reason, "ca_file");
}

TEST_F(TlsTest, RefusesACertificateForAnotherHost)
{
    const auto certificate = make_certificate("DNS:other.example,DNS:*.example.org,IP:192.0.2.7,IP:::1", 1h);
    serve(certificate);
    trust(certificate);
    expect_refusal(
        "its certificate is for another name: for other.example, *.example.org, 192.0.2.7, ::1, not for "
        "localhost",
        "write the host as the certificate has it");
    options.endpoint = "https://127.0.0.1:" + std::to_string(server->port());
    expect_refusal("not for 127.0.0.1", "names 127.0.0.1");
}

TEST_F(TlsTest, RefusesAnExpiredCertificate)
{
    const auto certificate = make_certificate("DNS:localhost", -1h);
    serve(certificate);
    trust(certificate);
    expect_refusal("its certificate expired at 20", "timedatectl");
}

TEST_F(TlsTest, RefusesACertificateThatIsNotValidYet)
{
    const auto certificate = make_certificate("DNS:localhost", 48h, 24h);
    serve(certificate);
    trust(certificate);
    expect_refusal("its certificate is not valid yet: from 20", "timedatectl");
}

TEST_F(TlsTest, TellsAnAuthoritysCertificateThatExpiredFromTheServersOwn)
{
    const auto authority = make_authority(-1h);
    serve(make_certificate_of(authority, "DNS:localhost"));
    trust(authority);
    expect_refusal(
        "the certificate of an authority behind its own (CN=simsync test authority) expired at 20",
        "renew it");
}

TEST_F(TlsTest, TellsThatAPlainServerDoesNotSpeakTls)
{
    serve();
    options.endpoint = "https://127.0.0.1:" + std::to_string(server->port());
    options.request_timeout = short_timeout;
    const auto failure = failed_list();
    if (failure.kind == FailureKind::tls) // it may hang up before it answers
        EXPECT_THAT(failure.what, HasSubstr("does not speak TLS"));
}

TEST_F(TlsTest, RefusesToGoOnWithoutTheAuthoritiesThatWereAskedFor)
{
    serve(make_certificate("DNS:localhost", 1h));
    options.ca_file = "/nowhere/ca.pem";
    expect_refusal("/nowhere/ca.pem");
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(TlsTest, DoesNotFallBackToPlaintext)
{
    serve();
    options.endpoint = "https://127.0.0.1:" + std::to_string(server->port());
    options.request_timeout = short_timeout;
    EXPECT_THAT(
        failed_list().kind,
        testing::AnyOf(FailureKind::tls, FailureKind::timed_out, FailureKind::unreachable));
    EXPECT_THAT(server->requests(), testing::IsEmpty());
}

TEST_F(TlsTest, AStaleConnectionIsReplacedSilently)
{
    const auto certificate = make_certificate("DNS:localhost", 1h);
    serve(certificate);
    trust(certificate);
    options.concurrency = 1;
    on_query = [](const Request&) { return Reaction{one_sim().bytes, Then::close}; };
    EXPECT_TRUE(list());
    EXPECT_TRUE(list());
    EXPECT_EQ(notified["retry stale_connection"], 1);
}

TEST_F(TlsTest, WhatComesUnaskedIsNobodysAnswer)
{
    const auto certificate = make_certificate("DNS:localhost", 1h);
    serve(certificate);
    trust(certificate);
    options.concurrency = 1;
    on_query = [](const Request&) {
        return Reaction{one_sim().bytes, Then::keep, {reply(200, answers::list_of(R"({"id":"no"})")).bytes}};
    };
    EXPECT_TRUE(list());
    boost::asio::steady_timer moment{io, 20ms};
    bool passed = false;
    moment.async_wait([&](auto) { passed = true; });
    run_until([&] { return passed; });
    on_query = [](const Request&) { return reply(200, answers::list_of(R"({"id":"7"})")); };
    EXPECT_EQ(list().value().items.at(0).sim.id, "7");
}

TEST_F(TlsTest, ABodyThatEndsWithTheConnectionIsReadWithoutAFarewell)
{
    const auto certificate = make_certificate("DNS:localhost", 1h);
    serve(certificate);
    trust(certificate);
    on_query = [](const Request&)
    {
        return Reaction{
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + answers::list_of(""), Then::close};
    };
    EXPECT_TRUE(list());
}

TEST_F(TlsTest, SilenceInTheHandshakeEndsAtTheDeadline)
{
    boost::asio::ip::tcp::acceptor deaf{
        io, {boost::asio::ip::make_address("127.0.0.1"), 0}}; // accepts in the kernel only
    serve();
    options.endpoint = "https://127.0.0.1:" + std::to_string(deaf.local_endpoint().port());
    options.request_timeout = short_timeout;
    EXPECT_EQ(failed_list().kind, FailureKind::timed_out);
}

} // namespace
} // namespace simsync
