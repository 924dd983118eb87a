// The API's behaviour, request by request, without a socket.
#include "simulator/service.hpp"

#include "simulator/json_text.hpp"
#include "simulator/json_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto two_pages = "query($offset: Int, $limit: Int) {"
                           "simcards(pagination: {offset: $offset, limit: $limit}, sort: [{field: \"id\"}])"
                           "{items {id} count}}";

struct ServiceTest : testing::Test
{
    Service& service()
    {
        if (!made)
        {
            made.emplace(options);
            for (const auto* id : {"1", "2", "3"})
            {
                Simcard simcard;
                simcard.id = id;
                made->fleet().add(std::move(simcard));
            }
        }
        return *made;
    }

    Answer post(const std::string& path, const std::string& body)
    {
        return service().answer({"POST", path, "Bearer " + token, body}, now);
    }

    Answer login() { return post("/partner/login", R"({"username":"partner","password":"partner"})"); }

    // Logs in first where that has not been done.
    Answer ask(const std::string& document, const std::string& variables = "{}")
    {
        if (token.empty())
            token = std::get<std::string>(
                parse_json(login().body)->member("data")->member("access")->member("token")->is);
        std::string body = "{\"query\":";
        append_quoted(body, document);
        return post("/partner/graphql", body + ",\"variables\":" + variables + "}");
    }

    ServiceOptions options;
    std::optional<Service> made;
    std::string token;
    Instant now{std::chrono::days{20'000}};
};

TEST_F(ServiceTest, IssuesTokensAsTheReferenceShows)
{
    const auto answer = login();
    EXPECT_EQ(answer.status, 200U);
    EXPECT_THAT(answer.body, StartsWith(R"({"data":{"access":{"token":")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("expires":"2024-10-04T00:15:00.000Z"},"refresh":{"token":")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("expires":"2024-10-11T00:00:00.000Z"}}})"));
}

TEST_F(ServiceTest, RefusesWrongCredentials)
{
    EXPECT_EQ(post("/partner/login", R"({"username":"partner","password":"guess"})").status, 401U);
    EXPECT_EQ(post("/partner/login", R"({"username":"other","password":"partner"})").status, 401U);
    EXPECT_EQ(post("/partner/login", R"({"username":"partner"})").status, 400U);
    EXPECT_EQ(post("/partner/login", "[]").status, 400U);
    EXPECT_EQ(post("/partner/login", "{").status, 400U);
}

TEST_F(ServiceTest, WantsALiveToken)
{
    EXPECT_EQ(post("/partner/graphql", "{}").status, 401U);
    EXPECT_EQ(ask("{simcards{count}}").status, 200U);
    now += 15min;
    EXPECT_EQ(ask("{simcards{count}}").status, 401U);
}

TEST_F(ServiceTest, HasTwoEndpointsForPost)
{
    EXPECT_EQ(post("/elsewhere", "{}").status, 404U);
    const auto answer = service().answer({"GET", "/partner/graphql", "", ""}, now);
    EXPECT_EQ(answer.status, 405U);
    EXPECT_EQ(answer.allow, "POST");
}

TEST_F(ServiceTest, ListsPages)
{
    EXPECT_EQ(
        ask(two_pages, R"({"offset":1,"limit":1})").body,
        R"({"data":{"simcards":{"items":[{"id":"2"}],"count":3}}})");
    EXPECT_EQ(
        ask(two_pages, R"({"offset":9,"limit":1})").body, R"({"data":{"simcards":{"items":[],"count":3}}})");
    EXPECT_EQ(
        ask("{a: simcards{n: count} b: simcards{count}}").body, R"({"data":{"a":{"n":3},"b":{"count":3}}})");
    EXPECT_EQ(ask(two_pages, R"({"offset":-1,"limit":1})").status, 400U);
}

TEST_F(ServiceTest, CapsTheLimit)
{
    options.max_limit = 2;
    EXPECT_EQ(
        ask(two_pages, R"({"limit":1000})").body,
        R"({"data":{"simcards":{"items":[{"id":"1"},{"id":"2"}],"count":3}}})");
}

TEST_F(ServiceTest, FindsOneSim)
{
    constexpr auto one = "query($id: ID!) {simcard(id: $id) {items {id} count}}";
    EXPECT_EQ(ask(one, R"({"id":"2"})").body, R"({"data":{"simcard":{"items":[{"id":"2"}],"count":1}}})");
    EXPECT_EQ(ask(one, R"({"id":2})").body, R"({"data":{"simcard":{"items":[{"id":"2"}],"count":1}}})");
    EXPECT_EQ(ask(one, R"({"id":"9"})").body, R"({"data":{"simcard":{"items":[],"count":0}}})");
}

TEST_F(ServiceTest, CarriesMutationsOut)
{
    constexpr auto block = "mutation($simcardId: ID!) {simcard {block(simcardId: $simcardId)}}";
    constexpr auto unblock = "mutation($simcardId: ID!) {simcard {unblock(simcardId: $simcardId)}}";
    constexpr auto attach = "mutation($i: ID!, $c: String!) {simcard {attachCallerId(id: $i, msisdn: $c)}}";
    EXPECT_EQ(ask(block, R"({"simcardId":"2"})").body, R"({"data":{"simcard":{"block":true}}})");
    EXPECT_TRUE(service().fleet().find("2")->is_blocked);
    ask(unblock, R"({"simcardId":"2"})");
    EXPECT_FALSE(service().fleet().find("2")->is_blocked);

    ask(attach, R"({"i":"2","c":"37251000001"})");
    ask(attach, R"({"i":"2","c":"37251000001"})");
    EXPECT_THAT(service().fleet().find("2")->caller_ids, testing::ElementsAre("37251000001"));
}

TEST_F(ServiceTest, AnswersFailedMutationsWithErrors)
{
    const auto answer =
        ask(R"(mutation {simcard {a: block(simcardId: "9") b: attachCallerId(id: "1", msisdn: "x")}})");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(
        answer.body, R"({"data":{"simcard":{"a":null,"b":null}},"errors":[)"
                     R"({"message":"Simcard not found.","path":["simcard","a"]},)"
                     R"({"message":"Invalid msisdn.","path":["simcard","b"]}]})");
}

TEST_F(ServiceTest, RefusesWhatItDoesNotUnderstand)
{
    const auto answer = ask("{simcards {items {colour}}}");
    EXPECT_EQ(answer.status, 400U);
    EXPECT_EQ(
        answer.body, R"({"errors":[{"message":"Cannot query field \"colour\" on type \"Simcard\".",)"
                     R"("locations":[{"line":1,"column":19}]}]})");
    EXPECT_EQ(ask(two_pages, R"({"limit":"many"})").status, 400U);
    EXPECT_EQ(ask(R"({simcards(filter: {field: "colour", comparator: EQ, value: 1}) {count}})").status, 400U);
    EXPECT_EQ(ask(R"({simcards(sort: {field: "callerIds"}) {count}})").status, 400U);
    EXPECT_EQ(ask("query A {simcards {count}} query B {simcards {count}}").status, 400U);
    EXPECT_EQ(post("/partner/graphql", "{").status, 400U);
    EXPECT_EQ(post("/partner/graphql", R"({"variables":{}})").status, 400U);
}

TEST_F(ServiceTest, ChoosesTheNamedOperation)
{
    ask("{simcards {count}}");
    const auto answer = post(
        "/partner/graphql",
        R"({"operationName":"B","query":"query A {simcards {count}} query B {x: simcards {count}}"})");
    EXPECT_EQ(answer.body, R"({"data":{"x":{"count":3}}})");
}

TEST_F(ServiceTest, CountsAndShowsEachRequestBeforeItIsCarriedOut)
{
    options.on_request = [](std::string_view operation, Fleet& fleet)
    {
        if (operation == "simcards")
            fleet.remove(fleet.at(0).id);
        return Fault::none;
    };
    EXPECT_EQ(ask("{simcards {count}}").body, R"({"data":{"simcards":{"count":2}}})");
    EXPECT_EQ(ask("{simcards {count}}").body, R"({"data":{"simcards":{"count":1}}})");
    ask("{wrong}");
    EXPECT_EQ(
        service().served(),
        (std::map<std::string, std::size_t>{{"login", 1}, {"simcards", 2}, {"refused", 1}}));
}

TEST_F(ServiceTest, FailsOnDemand)
{
    auto fault = Fault::none;
    options.on_request = [&](std::string_view operation, Fleet&)
    { return operation == "login" ? Fault::none : fault; };
    const auto with = [&](Fault wanted)
    {
        fault = wanted;
        return ask(two_pages, R"({"limit":2})");
    };
    EXPECT_EQ(with(Fault::unauthorized).status, 401U);
    EXPECT_EQ(with(Fault::unavailable).status, 503U);
    EXPECT_EQ(with(Fault::too_many_requests).retry_after, "1");
    EXPECT_EQ(with(Fault::errors).status, 200U);
    EXPECT_THAT(with(Fault::errors).body, StartsWith(R"({"errors":)"));
    EXPECT_THAT(with(Fault::html).content_type, StartsWith("text/html"));
    EXPECT_EQ(with(Fault::cut).transmission, Transmission::half);
    EXPECT_EQ(with(Fault::reset).transmission, Transmission::nothing);
    EXPECT_EQ(with(Fault::silence).transmission, Transmission::never);
    EXPECT_EQ(with(Fault::empty_page).body, R"({"data":{"simcards":{"items":[],"count":3}}})");
    EXPECT_EQ(with(Fault::short_page).body, R"({"data":{"simcards":{"items":[{"id":"1"}],"count":3}}})");
    EXPECT_EQ(with(Fault::none).body, R"({"data":{"simcards":{"items":[{"id":"1"},{"id":"2"}],"count":3}}})");
}

TEST_F(ServiceTest, ForgetsOldDocumentsNotItsManners)
{
    for (int alias = 0; alias < 1'000; ++alias)
    {
        const auto key = "k" + std::to_string(alias);
        EXPECT_EQ(ask("{" + key + ": simcards {count}}").body, R"({"data":{")" + key + R"(":{"count":3}}})");
    }
}

} // namespace
} // namespace simsync::simulator
