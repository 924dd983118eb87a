// What goes out is what the reference shows, token for token.
#include "api/graphql_request.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <cctype>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using testing::Not;

// reference.md, "Get All simcards".
constexpr std::string_view reference_list = R"(
query($offset: Int, $limit: Int, $filter: [FilterInput], $sort: [SortInput]) {
            simcards(pagination: {offset: $offset, limit: $limit},
                     filter: $filter,
                     sort: $sort) {
                items {
                    id
                    iccidPlastic
                    simId
                    isBlocked
                    allowFreeCallerIdChange
                    allowFreeVoiceSubstitution
                    resource{
                        balance
                        dataBalance
                    }
                    fmcs {
                        msisdn
                    }
                    callerIds {
                        msisdn
                    }
                    externalMsisdns {
                        msisdn
                    }
                    currentTariff {
                        name
                        packageTotalCallsMaxDuration
                        tariffType
                    }
                    profile
                    description
                    latestActivity
                    tariffExpiresAt
                    imei {
                      imei
                      imeiIsCorrect
                    }
                    isArchived
                }
                count
            }
        }
)";

// GraphQL's tokens: names and variables, punctuation; white space and commas mean nothing.
std::vector<std::string> tokens(std::string_view document)
{
    std::vector<std::string> found;
    bool in_name = false;
    for (const char c : document)
    {
        const bool of_name = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
        if (of_name && in_name)
            found.back() += c;
        else if (of_name || (c != ',' && std::isspace(static_cast<unsigned char>(c)) == 0))
            found.emplace_back(1, c);
        in_name = of_name;
    }
    return found;
}

std::string document_of(std::string_view request)
{
    return std::string{boost::json::parse({request.data(), request.size()}).at("query").as_string()};
}

std::string variables_of(const std::string& request)
{
    const auto at = request.find("\"variables\":");
    return request.substr(at + 12, request.size() - at - 13);
}

// The selection of the reference's simcard(id) is that of its list.
std::vector<std::string> reference_sim()
{
    const auto items = reference_list.substr(reference_list.find("items"));
    return tokens("query($id: ID!) { simcard(id: $id) { " + std::string{items});
}

TEST(ListRequest, IsTheReferencesDocument)
{
    EXPECT_EQ(tokens(document_of(list_request({}, {}))), tokens(reference_list));
}

TEST(SimRequest, IsTheReferencesDocument)
{
    EXPECT_EQ(tokens(document_of(sim_request("1", {}, SimReading::listed))), reference_sim());
}

TEST(SimRequest, CanSelectTheSimItself)
{
    const auto document = document_of(sim_request("1", {}, SimReading::itself));
    EXPECT_THAT(document, HasSubstr("simcard(id: $id) { id iccidPlastic"));
    EXPECT_THAT(document, Not(HasSubstr("items")));
    EXPECT_THAT(document, Not(HasSubstr("count")));
}

TEST(SimRequest, KeepsAnyIdAsText)
{
    EXPECT_EQ(variables_of(sim_request("a\"b\\c\n", {}, SimReading::listed)), R"({"id":"a\"b\\c\n"})");
}

TEST(ListRequest, NamesOnlyTheVariablesThatItHas)
{
    EXPECT_EQ(
        variables_of(list_request({.offset = 500, .limit = 100, .filter = {}, .sort = {}}, {})),
        R"({"offset":500,"limit":100})");
}

TEST(ListRequest, WritesValuesInTheirTypes)
{
    ListQuery query;
    query.filter = {
        {"profile", Comparator::eq, std::string{"S1"}, Joint::all},
        {"isBlocked", Comparator::neq, true, Joint::any},
        {"packageTotalCallsMaxDuration", Comparator::lt, std::int64_t{-5}, Joint::all},
        {"balance", Comparator::gte, Money::parse("12345678901234567890.10").value(), Joint::all},
        {"id", Comparator::in, std::vector<std::string>{"1", "2"}, Joint::all},
        {"id", Comparator::nin, std::vector<std::string>{}, Joint::all},
    };
    query.sort = {{"id", true}, {"balance", false}};
    EXPECT_EQ(
        variables_of(list_request(query, {})),
        R"({"offset":0,"limit":500,"filter":[)"
        R"({"field":"profile","value":"S1","operator":"AND","comparator":"EQ"},)"
        R"({"field":"isBlocked","value":true,"operator":"OR","comparator":"NEQ"},)"
        R"({"field":"packageTotalCallsMaxDuration","value":-5,"operator":"AND","comparator":"LT"},)"
        R"({"field":"balance","value":12345678901234567890.1,"operator":"AND","comparator":"GTE"},)"
        R"({"field":"id","value":["1","2"],"operator":"AND","comparator":"IN"},)"
        R"({"field":"id","value":[],"operator":"AND","comparator":"NIN"}],)"
        R"("sort":[{"field":"id","order":"ASC"},{"field":"balance","order":"DESC"}]})");
}

TEST(ListRequest, KnowsAllComparators)
{
    constexpr std::array names{"EQ", "NEQ", "LT",       "LTE",         "GT",        "GTE",
                               "IN", "NIN", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "NULL"};
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        ListQuery query;
        query.filter = {{"simId", static_cast<Comparator>(i), std::string{"x"}, Joint::all}};
        EXPECT_THAT(
            variables_of(list_request(query, {})),
            HasSubstr(std::string{R"("comparator":")"} + names[i] + '"'));
    }
}

std::string fields_without(const std::vector<std::string>& names)
{
    Selection selection;
    selection.leave_out(names);
    return selection.fields();
}

TEST(Selection, LeavesOutAFieldAndKeepsItsGroup)
{
    EXPECT_THAT(fields_without({"dataBalance"}), HasSubstr("resource { balance } fmcs"));
    EXPECT_THAT(fields_without({"balance"}), HasSubstr("resource { dataBalance } fmcs"));
    EXPECT_THAT(fields_without({"profile"}), HasSubstr("} description"));
}

TEST(Selection, LeavesOutAGroupThatHasNothingLeft)
{
    EXPECT_THAT(fields_without({"balance", "dataBalance"}), HasSubstr("allowFreeVoiceSubstitution fmcs {"));
    EXPECT_THAT(fields_without({"resource"}), HasSubstr("allowFreeVoiceSubstitution fmcs {"));
    EXPECT_THAT(fields_without({"imei"}), HasSubstr("tariffExpiresAt isArchived"));
    EXPECT_THAT(fields_without({"msisdn"}), HasSubstr("} currentTariff {"));
    EXPECT_THAT(fields_without({"isArchived"}), testing::EndsWith("imeiIsCorrect }"));
}

TEST(Selection, NeverLeavesOutTheIdAndIgnoresStrangers)
{
    EXPECT_EQ(fields_without({"id", "sort", "nonsense"}), Selection{}.fields());
}

TEST(Selection, NamesTheColumnsThatItLeavesOut)
{
    Selection selection;
    EXPECT_TRUE(selection.columns_left_out().empty());
    selection.leave_out({"dataBalance", "imei"});
    EXPECT_EQ(
        selection.columns_left_out(), (std::vector<std::string>{"data_balance", "imei", "imei_is_correct"}));
}

TEST(Selection, CanDoWithoutTheCount)
{
    Selection selection;
    selection.leave_out({"count"});
    EXPECT_THAT(document_of(list_request({}, selection)), Not(HasSubstr("count")));
}

TEST(LoginRequest, EscapesWhatPeopleType)
{
    EXPECT_EQ(
        login_request("part\"ner", "pä\\ss"), "{\"username\":\"part\\\"ner\",\"password\":\"pä\\\\ss\"}");
    EXPECT_EQ(refresh_request("r"), R"({"refresh":"r"})");
}

TEST(ActionRequest, PassesEachArgumentByAVariableOfItsType)
{
    EXPECT_EQ(
        action_request(*operation_named("attach-caller-id"), "10\"1", {{"msisdn", "+372"}}),
        R"({"query":"mutation($id: ID!, $msisdn: String!) { simcard { attachCallerId(id: $id, msisdn: $msisdn) } }",)"
        R"("variables":{"id":"10\"1","msisdn":"+372"}})");
    EXPECT_EQ(
        action_request(*operation_named("block"), "1", {}),
        R"({"query":"mutation($simcardId: ID!) { simcard { block(simcardId: $simcardId) } }",)"
        R"("variables":{"simcardId":"1"}})");
}

TEST(ActionRequest, SendsMoneyAsTheDecimalThatItIs)
{
    const auto request =
        action_request(*operation_named("charge"), "1", {{"amount", "12345678.91"}, {"comment", "fee"}});
    EXPECT_NE(request.find(R"("amount":12345678.91,"comment":"fee")"), std::string::npos) << request;
    EXPECT_NE(
        action_request(*operation_named("set-remaining-days"), "1", {{"day", "030"}}).find(R"("day":30)"),
        std::string::npos);
}

} // namespace
} // namespace simsync
