// One token for all: login, renewal, refusal, and no storm whatever happens.
#include "client_fixture.hpp"

#include <set>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using testing::Not;

namespace asio = boost::asio;

class SessionTest : public ClientTest
{
protected:
    // A server that issues token-1, token-2, … and takes only those that `good` likes.
    void issue_numbered_tokens(std::function<bool(std::size_t)> good)
    {
        on_login = [this](const Request&) { return issue("token-" + std::to_string(logins())); };
        on_query = [this, good = std::move(good)](const Request& request)
        {
            for (std::size_t i = 1; i <= logins(); ++i)
                if (carries(request, "token-" + std::to_string(i)))
                    return good(i) ? one_sim() : reply(401, "{}");
            return reply(500, "{}");
        };
    }

    // Twenty calls at once; how many were answered with a page.
    int twenty_lists()
    {
        int left = 20;
        int pages = 0;
        for (int i = 0; i < 20; ++i)
            asio::co_spawn(
                io, client().simcards({}, nullptr),
                [&](std::exception_ptr, const Answer<Page>& page)
                {
                    pages += page ? 1 : 0;
                    --left;
                });
        run_until([&] { return left == 0; });
        return pages;
    }
};

TEST_F(SessionTest, TwentyCallersMakeOneLogin)
{
    EXPECT_EQ(twenty_lists(), 20);
    EXPECT_EQ(logins(), 1U);
}

TEST_F(SessionTest, ATokenThatEndedIsReplacedOnceForAll)
{
    std::size_t first_good = 1;
    issue_numbered_tokens([&](std::size_t token) { return token >= first_good; });
    EXPECT_EQ(twenty_lists(), 20);
    first_good = 2;
    EXPECT_EQ(twenty_lists(), 20);
    EXPECT_EQ(logins(), 2U);
    EXPECT_GE(notified["retry unauthorized"], 1);
}

TEST_F(SessionTest, GraphqlsOwnWordForItCountsAsA401)
{
    issue_numbered_tokens([](std::size_t) { return true; });
    on_query = [query = on_query](const Request& request)
    {
        if (carries(request, "token-1"))
            return reply(200, R"({"errors":[{"message":"m","extensions":{"code":"UNAUTHENTICATED"}}]})");
        return query(request);
    };
    EXPECT_TRUE(list());
    EXPECT_EQ(logins(), 2U);
}

TEST_F(SessionTest, A401ForEverIsUnauthorizedAndLogsInSeldom)
{
    on_query = [](const Request&) { return reply(401, R"({"message":"no"})"); };
    const auto failure = failed_list();
    EXPECT_EQ(failure.kind, FailureKind::token_refused); // by one login more it might be another's doing
    EXPECT_EQ(logins(), 2U);                             // the one, and the renewal
    EXPECT_EQ(queries(), 2U);
    while (failed_list().kind != FailureKind::unauthorized)
        ; // rests for some seconds at most
    EXPECT_EQ(logins(), 5U);
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(failed_list().kind, FailureKind::unauthorized);
    EXPECT_LT(logins(), 12U); // the delays double: in the time of fifty answers few of them pass
    EXPECT_THAT(hint(failed_list()), HasSubstr("the login succeeds"));
}

// However a server says that a token is worth nothing any more.
std::vector<std::pair<std::string, Reaction>> words_for_an_end()
{
    const auto html = [](int status)
    {
        return Reaction{
            "HTTP/1.1 " + std::to_string(status) +
                " No\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            Then::keep};
    };
    return {
        {"500 with the code",
         reply(500, R"({"errors":[{"message":"m","extensions":{"code":"UNAUTHENTICATED"}}]})")},
        {"200 with another code",
         reply(200, R"({"errors":[{"message":"m","extensions":{"code":"TOKEN_EXPIRED"}}],"data":null})")},
        {"200 with a message", reply(200, R"({"errors":[{"message":"Срок действия токена истёк"}]})")},
        {"200 with another shape", reply(200, R"({"message":"Unauthenticated."})")},
        {"200 with nothing", reply(200, "")},
        {"200 with a login page", html(200)},
        {"a redirect to a login page", reply(302, "", "Location: /login\r\n")},
        {"403", reply(403, R"({"message":"Forbidden"})")},
        {"403 of a gateway", html(403)},
        {"400", reply(400, R"({"error":"invalid_token"})")},
        {"400 with errors", reply(400, R"({"errors":[{"message":"invalid token"}]})")},
        {"404", reply(404, "{}")},
        {"500", reply(500, "{}")},
        {"502 of a gateway", html(502)}};
}

TEST_F(SessionTest, ATokenThatEndedIsRenewedHoweverItIsTold)
{
    for (const auto& [name, end] : words_for_an_end())
    {
        SCOPED_TRACE(name);
        drop_client();
        std::size_t first_good = 1;
        const auto before = server ? logins() : 0;
        on_login = [&](const Request&) { return issue("token-" + std::to_string(logins() - before)); };
        on_query = [&](const Request& request)
        { return carries(request, "token-" + std::to_string(first_good)) ? one_sim() : end; };
        EXPECT_TRUE(list());
        first_good = 2;
        EXPECT_TRUE(list());
        EXPECT_EQ(logins() - before, 2U);
    }
}

TEST_F(SessionTest, AFailureThatNoTokenCuresEarnsOneLogin)
{
    for (const auto& [name, always] : words_for_an_end())
    {
        SCOPED_TRACE(name);
        if (name == "500 with the code")
            continue; // as good as a 401
        drop_client();
        const auto before = server ? logins() : 0;
        on_query = [](const Request&) { return one_sim(); };
        EXPECT_TRUE(list());
        on_query = [&](const Request&) { return always; };
        for (int i = 0; i < 20; ++i)
            EXPECT_FALSE(list());
        EXPECT_EQ(logins() - before, 2U);
    }
}

TEST_F(SessionTest, AnOutageEarnsNoLoginAtAll)
{
    EXPECT_TRUE(list());
    on_query = [](const Request&) { return reply(429, "{}"); };
    EXPECT_FALSE(list());
    on_query = [](const Request&) { return Reaction{"", Then::close}; };
    EXPECT_FALSE(list());
    EXPECT_EQ(logins(), 1U);
}

TEST_F(SessionTest, ATokenThatOnlyMayHaveEndedStaysInUseWhereNoneCanBeHad)
{
    EXPECT_TRUE(list());
    on_login = [](const Request&) { return reply(503, "{}"); };
    on_query = [](const Request&) { return reply(500, "{}"); };
    EXPECT_EQ(failed_list().kind, FailureKind::server_error);
    on_query = [](const Request& request)
    { return carries(request, "token-of-the-test") ? one_sim() : reply(401, "{}"); };
    EXPECT_TRUE(list());
}

TEST_F(SessionTest, A403IsNotBelievedBeforeANewTokenHeardItToo)
{
    EXPECT_TRUE(list());
    on_login = [](const Request&) { return reply(503, "{}"); };
    on_query = [](const Request&) { return reply(403, "{}"); };
    EXPECT_EQ(failed_list().kind, FailureKind::server_error); // of the login
    on_login = [](const Request&) { return issue("another"); };
    while (failed_list().kind != FailureKind::forbidden)
        ; // the login rests for a moment
}

TEST_F(SessionTest, AnotherLoginThatEndsOurTokenTimeAndAgainIsNoRefusal)
{
    // One session for each user: every token is taken once, and then somebody else has logged in.
    on_login = [this](const Request&) { return issue("token-" + std::to_string(logins())); };
    std::set<std::string> used;
    on_query = [&](const Request& request)
    { return used.insert(header_of(request, "Authorization")).second ? one_sim() : reply(401, "{}"); };
    for (int i = 0; i < 11; ++i)
        EXPECT_TRUE(list()) << i;
    EXPECT_EQ(logins(), 11U);
    const auto failure = failed_list(); // others wait, so that two of us do not end each other's for ever
    EXPECT_EQ(failure.kind, FailureKind::token_refused);
    EXPECT_GT(failure.retry_after.value().count(), 0);
    EXPECT_EQ(logins(), 11U);
}

TEST_F(SessionTest, ABorrowedTokenSavesALogin)
{
    std::string lent = "lent-1";
    std::string good = "lent-1";
    options.borrow_token = [&] { return std::optional(LentToken{lent}); };
    on_query = [&](const Request& request) { return carries(request, good) ? one_sim() : reply(401, "{}"); };
    EXPECT_TRUE(list());
    lent = good = "lent-2"; // renewed by its owner
    EXPECT_TRUE(list());
    EXPECT_EQ(logins(), 0U);
    good = "token-of-the-test"; // what is lent is worth nothing any more
    EXPECT_TRUE(list());
    EXPECT_EQ(logins(), 1U);
}

TEST_F(SessionTest, AnEmptyListWhereSimsAreKnownIsBelievedByANewTokenOnly)
{
    const auto nobody = reply(200, answers::list_of(""));
    std::string good = "token-1";
    on_login = [this](const Request&) { return issue("token-" + std::to_string(logins())); };
    on_query = [&](const Request& request) { return carries(request, good) ? one_sim() : nobody; };
    const ListQuery expected{.offset = 0, .limit = 500, .filter = {}, .sort = {}, .has_rows = true};
    EXPECT_EQ(run(client().simcards(expected, nullptr)).value().rows, 1U);
    good = "token-2";
    EXPECT_EQ(run(client().simcards(expected, nullptr)).value().rows, 1U);
    EXPECT_EQ(logins(), 2U);
    good = "none";
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(run(client().simcards(expected, nullptr)).value().rows, 0U);
    EXPECT_EQ(logins(), 3U);
    // Nor is a SIM unknown before a new token knows nothing of it either.
    on_query = [&](const Request& request)
    {
        return reply(
            200, carries(request, "token-3") ? R"({"data":{"simcard":null}})"
                                             : R"({"data":{"simcard":{"id":"7"}}})");
    };
    EXPECT_EQ(run(client().simcard("7")).value().rows, 1U);
    EXPECT_EQ(logins(), 4U);
    on_query = [&](const Request&) { return nobody; };
    EXPECT_EQ(list().value().rows, 0U); // where nobody says that there are any, it is an answer like others
    EXPECT_EQ(logins(), 4U);
}

TEST_F(SessionTest, TwentyCallersWithA401ForEverMakeTwoLogins)
{
    on_query = [](const Request&) { return reply(401, "{}"); };
    EXPECT_EQ(twenty_lists(), 0);
    EXPECT_EQ(logins(), 2U);
}

TEST_F(SessionTest, AWrongPasswordIsUnauthorizedAndTriedSeldom)
{
    for (const int status : {400, 401, 403})
    {
        server.reset();
        drop_client();
        options.endpoint.clear();
        on_login = [&](const Request& request)
        { return reply(status, R"({"error":"no: )" + request.body + "\"}"); };
        const auto failure = failed_list();
        EXPECT_EQ(failure.kind, FailureKind::unauthorized) << status;
        EXPECT_THAT(failure.what, Not(HasSubstr("hunter2")));
        for (int i = 0; i < 50; ++i)
            EXPECT_EQ(failed_list().kind, FailureKind::unauthorized);
        EXPECT_LT(logins(), 12U);
        EXPECT_EQ(queries(), 0U);
    }
}

TEST_F(SessionTest, WhileItRestsItSaysForHowLong)
{
    on_login = [](const Request&) { return reply(401, "{}"); };
    Failure failure;
    for (int i = 0; i < 50 && !failure.retry_after; ++i)
        failure = failed_list();
    ASSERT_TRUE(failure.retry_after);
    EXPECT_GT(failure.retry_after->count(), 0);
    EXPECT_LE(*failure.retry_after, std::chrono::minutes{5});
}

TEST_F(SessionTest, TakesANewPasswordAtTheNextLogin)
{
    std::string password = "old";
    options.password = [&] { return password; };
    on_login = [](const Request& request)
    { return request.body.find("new") != std::string::npos ? issue("t") : reply(401, "{}"); };
    EXPECT_EQ(failed_list().kind, FailureKind::unauthorized);
    password = "new";
    while (!list())
        ; // rests for less than a second in all
    EXPECT_THAT(server->requests().back().path, "/partner/graphql");
}

TEST_F(SessionTest, APasswordThatCannotBeReadIsAFailureNotAnException)
{
    options.password = []() -> std::string { throw std::runtime_error("main.password: no such file"); };
    const auto failure = failed_list();
    EXPECT_EQ(failure.kind, FailureKind::unauthorized);
    EXPECT_THAT(failure.what, HasSubstr("main.password: no such file"));
}

TEST_F(SessionTest, ALoginThatTheNetworkSpoilsIsNoRefusal)
{
    on_login = [](const Request&) { return reply(503, "{}"); };
    EXPECT_EQ(failed_list().kind, FailureKind::server_error);
    on_login = [](const Request&) { return issue("t"); };
    while (!list())
        ;
}

TEST_F(SessionTest, ALoginIsNeverSentTwiceByItself)
{
    options.concurrency = 1;
    on_query = [](const Request&) { return reply(401, "{}"); };
    on_login = [this](const Request&)
    {
        return logins() == 1 ? issue("t") : Reaction{"", Then::close}; // gone before a byte of the answer
    };
    EXPECT_EQ(failed_list().kind, FailureKind::unreachable);
    EXPECT_EQ(logins(), 2U);
    EXPECT_EQ(notified["retry stale_connection"], 0);
}

TEST_F(SessionTest, IsRenewedAheadOfItsEndByTheServersClock)
{
    // A millisecond of life by the server's clock, which is far from ours.
    on_login = [this](const Request&)
    { return issue("t", logins() == 1 ? "2026-03-01T12:00:00.001Z" : "2026-03-01T13:00:00Z"); };
    EXPECT_TRUE(list());
    while (logins() == 1)
        EXPECT_TRUE(list());
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(list());
    EXPECT_EQ(logins(), 2U);
    EXPECT_EQ(notified["retry unauthorized"], 0);
}

TEST_F(SessionTest, AnExpiryThatMakesNoSenseIsNoStorm)
{
    for (const auto* expires :
         {"2020-01-01T00:00:00Z", "2026-03-01T12:00:00Z", "9999-12-31T23:59:59Z", "soon", ""})
    {
        server.reset();
        drop_client();
        options.endpoint.clear();
        on_login = [&](const Request&) { return issue("t", expires); };
        for (int i = 0; i < 10; ++i)
            EXPECT_TRUE(list());
        EXPECT_EQ(logins(), 1U) << expires;
        EXPECT_FALSE(expiry) << expires;
    }
}

TEST_F(SessionTest, AFailedRenewalAheadOfTimeLeavesTheTokenInUse)
{
    on_login = [this](const Request&)
    { return logins() == 1 ? issue("t", "2026-03-01T12:00:00.001Z") : reply(503, "{}"); };
    EXPECT_TRUE(list());
    while (logins() == 1)
        EXPECT_TRUE(list());
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(list());
    EXPECT_GE(notified["logged in server_error"], 1);
}

TEST_F(SessionTest, RefreshesWhereAPathIsConfigured)
{
    options.refresh_path = "/partner/refresh";
    std::size_t first_good = 1;
    on_login = [](const Request&) { return issue("token-1", "2026-03-01T13:00:00Z", "refresh-1"); };
    on_other = [](const Request&) { return issue("token-2"); };
    on_query = [&](const Request& request)
    { return carries(request, "token-" + std::to_string(first_good)) ? one_sim() : reply(401, "{}"); };
    EXPECT_TRUE(list());
    first_good = 2;
    EXPECT_TRUE(list());
    EXPECT_EQ(logins(), 1U);
    ASSERT_EQ(requests_to("/partner/refresh"), 1U);
    EXPECT_EQ(server->requests().at(3).body, R"({"refresh":"refresh-1"})");
    EXPECT_EQ(notified["refresh ok"], 1);
}

TEST_F(SessionTest, LogsInWhereTheRefreshFails)
{
    options.refresh_path = "/partner/refresh"; // answers 404
    std::size_t first_good = 1;
    issue_numbered_tokens([&](std::size_t token) { return token >= first_good; });
    EXPECT_TRUE(list());
    first_good = 2;
    EXPECT_TRUE(list());
    EXPECT_EQ(logins(), 2U);
    EXPECT_EQ(requests_to("/partner/refresh"), 1U);
}

TEST_F(SessionTest, LoginAloneTellsWhetherItWorks)
{
    EXPECT_FALSE(run(client().login()).has_value());
    on_login = [](const Request&) { return reply(401, "{}"); };
    EXPECT_EQ(run(client().login()).value().kind, FailureKind::unauthorized);
}

TEST_F(SessionTest, NoFailureShowsTheToken)
{
    for (const int status : {200, 400, 404, 500})
    {
        on_query = [&](const Request& request) { return reply(status, "<pre>" + request.head + "</pre>"); };
        const auto failure = failed_list();
        EXPECT_THAT(failure.what, Not(HasSubstr("token-of"))) << status;
    }
}

} // namespace
} // namespace simsync
