// What goes over the wire when all is well, and how calls share connections, turns and readings.
#include "client_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace asio = boost::asio;

TEST_F(ClientTest, LogsInAndReadsAPage)
{
    const auto page = list().value();
    ASSERT_THAT(page.items, SizeIs(1));
    EXPECT_EQ(page.items[0].sim.id, "1001");

    ASSERT_THAT(server->requests(), SizeIs(2));
    const auto& login = server->requests()[0];
    EXPECT_THAT(login.head, testing::StartsWith("POST /partner/login HTTP/1.1\r\n"));
    EXPECT_THAT(login.head, HasSubstr("\r\nHost: 127.0.0.1:" + std::to_string(server->port()) + "\r\n"));
    EXPECT_THAT(login.head, Not(HasSubstr("Authorization")));
    EXPECT_EQ(login.body, R"({"username":"partner","password":"hunter2-hunter2"})");
    const auto& query = server->requests()[1];
    EXPECT_EQ(query.path, "/partner/graphql");
    EXPECT_TRUE(carries(query, "token-of-the-test"));
    EXPECT_THAT(query.body, HasSubstr("simcards(pagination:"));
    EXPECT_EQ(notified["login ok"], 1);
    EXPECT_EQ(notified["simcards ok"], 1);
    EXPECT_EQ(notified["logged in ok"], 1);
    EXPECT_EQ(expiry, parse_date("2026-03-01T13:00:00Z"));
}

TEST_F(ClientTest, KeepsTokenAndConnection)
{
    options.concurrency = 1;
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(list());
    EXPECT_EQ(logins(), 1U);
    EXPECT_EQ(queries(), 5U);
    EXPECT_EQ(server->connections(), 1U);
}

TEST_F(ClientTest, RespectsABasePath)
{
    serve();
    options.endpoint = "http://127.0.0.1:" + std::to_string(server->port()) + "/gateway/";
    on_other = [this](const Request& request)
    { return request.path.ends_with("/login") ? on_login(request) : on_query(request); };
    EXPECT_TRUE(list());
    EXPECT_EQ(requests_to("/gateway/partner/login"), 1U);
    EXPECT_EQ(requests_to("/gateway/partner/graphql"), 1U);
}

TEST_F(ClientTest, RefusesAnEndpointThatIsNone)
{
    options.endpoint = "api.myphone.group";
    EXPECT_THROW(client(), std::invalid_argument);
}

TEST_F(ClientTest, OpensNoMoreConnectionsThanConcurrencyAllows)
{
    options.concurrency = 3;
    int left = 20;
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(
            io, client().simcards({}, nullptr),
            [&](std::exception_ptr, Answer<Page> page)
            {
                EXPECT_TRUE(page.has_value());
                --left;
            });
    run_until([&] { return left == 0; });
    EXPECT_LE(server->most_open(), 3U);
    EXPECT_EQ(queries(), 20U);
}

TEST_F(ClientTest, ServesCallsInTheirOrder)
{
    options.concurrency = 1;
    EXPECT_TRUE(list()); // the token is there
    int left = 5;
    for (std::uint64_t i = 1; i <= 5; ++i)
        asio::co_spawn(
            io, client().simcards({.offset = i, .limit = 500, .filter = {}, .sort = {}}, nullptr),
            [&](std::exception_ptr, const Answer<Page>&) { --left; });
    run_until([&] { return left == 0; });
    for (std::size_t i = 1; i <= 5; ++i)
        EXPECT_THAT(server->requests().at(i + 1).body, HasSubstr("\"offset\":" + std::to_string(i)));
}

TEST_F(ClientTest, LeavesFieldsOutWhenTold)
{
    client().leave_out({"dataBalance", "id"});
    EXPECT_TRUE(list());
    EXPECT_THAT(server->requests().back().body, Not(HasSubstr("dataBalance")));
    EXPECT_THAT(server->requests().back().body, HasSubstr("items { id "));
}

TEST_F(ClientTest, LearnsTheReadingOfSimcard)
{
    on_query = [](const Request& request)
    {
        if (request.body.find("items") != std::string::npos)
            return reply(400, R"({"errors":[{"message":"Cannot query field \"items\" on type \"Simcard\"."},
                                            {"message":"Cannot query field \"count\" on type \"Simcard\"."}]})");
        return reply(200, R"({"data":{"simcard":{"id":"7"}}})");
    };
    for (int i = 0; i < 2; ++i)
    {
        const auto page = run(client().simcard("7")).value();
        ASSERT_THAT(page.items, SizeIs(1));
        EXPECT_EQ(page.items[0].sim.id, "7");
    }
    EXPECT_EQ(queries(), 3U); // tried, learnt, remembered
}

TEST_F(ClientTest, TellsOfAFieldThatNeitherReadingKnows)
{
    on_query = [](const Request&)
    { return reply(400, R"({"errors":[{"message":"Cannot query field \"fmcs\" on type \"Simcard\"."}]})"); };
    const auto answer = run(client().simcard("7"));
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().kind, FailureKind::schema);
    EXPECT_THAT(answer.error().unknown_fields, ElementsAre("fmcs"));
    EXPECT_EQ(queries(), 2U); // with it, and without
}

TEST_F(ClientTest, ShowsASimWithoutFieldsThatTheApiDoesNotKnow)
{
    on_query = [](const Request& request)
    {
        for (const auto* field : {"dataBalance", "fmcs"})
            if (request.body.find(field) != std::string::npos)
                return reply(
                    400, R"({"errors":[{"message":"Cannot query field \")" + std::string{field} +
                             R"(\" on type \"Simcard\"."}]})");
        return reply(200, R"({"data":{"simcard":{"items":[{"id":"7"}],"count":1}}})");
    };
    const auto page = run(client().simcard("7")).value();
    EXPECT_EQ(page.items.at(0).sim.id, "7");
    EXPECT_THAT(page.left_out, testing::ElementsAre("data_balance", "fmcs"));
    EXPECT_EQ(queries(), 3U);
    EXPECT_EQ(logins(), 1U); // no token cures that
}

// The `limit` of a list request.
std::uint64_t limit_of(const Request& request)
{
    const std::string name = R"("limit":)";
    return std::stoul(request.body.substr(request.body.find(name) + name.size()));
}

TEST_F(ClientTest, FindsTheSizeOfPagesThatIsNotRefusedAndKeepsIt)
{
    for (const auto& refusal :
         {reply(400, R"({"errors":[{"message":"limit: at most 100"}]})"),
          reply(422, R"({"message":"zu viel"})"), reply(413, ""),
          reply(500, R"({"errors":[{"message":"too complex"}]})"),
          reply(200, R"({"errors":[{"message":"cost 12000 of 5000"}],"data":null})")})
    {
        drop_client();
        sizes.clear();
        on_query = [&](const Request& request) { return limit_of(request) > 100 ? refusal : one_sim(); };
        EXPECT_TRUE(list());
        EXPECT_THAT(sizes, testing::ElementsAre(62U)); // 500, 250, 125
        const auto before = queries();
        EXPECT_TRUE(list());
        EXPECT_EQ(queries(), before + 1);
        EXPECT_EQ(limit_of(server->requests().back()), 62U);
    }
}

TEST_F(ClientTest, LeavesTheSizeOfPagesWhereItIsIfItIsNotWhatIsRefused)
{
    EXPECT_TRUE(list());
    on_query = [](const Request&) { return reply(400, R"({"errors":[{"message":"no"}]})"); };
    for (int i = 0; i < 10; ++i)
        EXPECT_FALSE(list());
    EXPECT_LT(queries(), 15U); // and does not try over and over
    on_query = [](const Request&) { return one_sim(); };
    EXPECT_TRUE(list());
    EXPECT_EQ(limit_of(server->requests().back()), 500U);
    EXPECT_THAT(sizes, testing::IsEmpty());
}

TEST_F(ClientTest, LeavesTheSizeOfPagesWhereItIsIfOneFailsForWhatItHolds)
{
    EXPECT_TRUE(list());
    on_query = [](const Request& request) // the twentieth SIM cannot be resolved
    {
        const bool holds_it =
            request.body.find(R"("offset":0)") != std::string::npos && limit_of(request) >= 20;
        return holds_it ? reply(200, R"({"errors":[{"message":"no such tariff"}]})") : one_sim();
    };
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(list());
    EXPECT_THAT(sizes, testing::IsEmpty());
}

TEST_F(ClientTest, AnUnknownSimIsAnEmptyPage)
{
    on_query = [](const Request&) { return reply(200, R"({"data":{"simcard":null}})"); };
    EXPECT_THAT(run(client().simcard("7")).value().items, IsEmpty());
}

TEST_F(ClientTest, WaitsForItsTurnUnderARateLimit)
{
    options.max_requests_per_second = 0.001;
    std::optional<Answer<Page>> answer;
    asio::co_spawn(
        io, client().simcards({}, nullptr),
        [&](std::exception_ptr, Answer<Page> page) { answer = std::move(page); });
    run_until([&] { return notified["login ok"] == 1; });
    io.poll(); // the login took the first turn; the next is a quarter of an hour away
    EXPECT_EQ(queries(), 0U);
    client().close();
    run_until([&] { return answer.has_value(); });
    EXPECT_EQ(answer->error().kind, FailureKind::unreachable);
    EXPECT_EQ(queries(), 0U);
}

// One connection, and a turn every few milliseconds: who comes first is seen by the server.
TEST_F(ClientTest, ServesWhoeverIsMoreUrgentFirstAndASweepEverySecondTime)
{
    options.max_requests_per_second = 200;
    options.concurrency = 1;
    ASSERT_TRUE(run(client().simcards({}, nullptr))) << "logged in";
    std::string order;
    const auto ask = [&](Urgency urgency, char sign)
    {
        asio::co_spawn(
            io, client().simcards({.urgency = urgency}, nullptr),
            [&order, sign](std::exception_ptr, Answer<Page>) { order += sign; });
    };
    for (int i = 0; i < 3; ++i)
        ask(Urgency::sweep, 's');
    for (int i = 0; i < 2; ++i)
        ask(Urgency::recent, 'r');
    ask(Urgency::action, 'a');
    run_until([&] { return order.size() == 6; });
    EXPECT_EQ(order, "sasrsr") << "the first sweep had the connection already";
}

TEST_F(ClientTest, OnceClosedAnswersUnreachable)
{
    on_query = [](const Request&) { return Reaction{"", Then::silence}; };
    std::optional<Answer<Page>> answer;
    asio::co_spawn(
        io, client().simcards({}, nullptr),
        [&](std::exception_ptr, Answer<Page> page) { answer = std::move(page); });
    run_until([&] { return queries() == 1; });
    client().close();
    run_until([&] { return answer.has_value(); });
    EXPECT_EQ(answer->error().kind, FailureKind::unreachable);
    EXPECT_EQ(notified["retry stale_connection"], 0);

    EXPECT_EQ(failed_list().kind, FailureKind::unreachable);
    EXPECT_EQ(run(client().login()).value().kind, FailureKind::unreachable);
    EXPECT_EQ(queries(), 1U);
}

TEST_F(ClientTest, MayGoWhileCallsAreUnderWay)
{
    on_query = [](const Request&) { return Reaction{"", Then::silence}; };
    int left = 6; // on four connections: two wait
    for (int i = 0; i < 6; ++i)
        asio::co_spawn(
            io, client().simcards({}, nullptr),
            [&](std::exception_ptr, const Answer<Page>& page)
            {
                EXPECT_EQ(page.error().kind, FailureKind::unreachable);
                --left;
            });
    run_until([&] { return queries() == 4; });
    drop_client();
    run_until([&] { return left == 0; });
}

TEST_F(ClientTest, ACancelledCallTakesNoConnectionAlong)
{
    options.concurrency = 1;
    EXPECT_TRUE(list());
    on_query = [](const Request&) { return Reaction{"", Then::silence}; };
    asio::cancellation_signal cancel;
    bool ended = false;
    const auto end = [&](std::exception_ptr, const Answer<Page>&) { ended = true; };
    asio::co_spawn(io, client().simcards({}, nullptr), asio::bind_cancellation_slot(cancel.slot(), end));
    run_until([&] { return queries() == 2; });
    cancel.emit(asio::cancellation_type::terminal);
    run_until([&] { return ended; });

    on_query = [](const Request&) { return one_sim(); };
    EXPECT_TRUE(list());
}

} // namespace
} // namespace simsync
