// The filter of an account, and its canonical text.
#include "config_folder.hpp"

namespace simsync
{
namespace
{

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using ConfigFilter = ConfigFolder;

TEST_F(ConfigFilter, TakesTheValueInTheTypeOfTheField)
{
    const auto filter = load_account(R"(filter = [
        {field = "id", comparator = "starts_with", value = "10"},
        {field = "isBlocked", comparator = "Eq", value = false},
        {field = "packageTotalCallsMaxDuration", comparator = "GTE", value = 60},
        {field = "balance", comparator = "LT", value = 0.10},
        {field = "dataBalance", comparator = "NEQ", value = "0"},
        {field = "latestActivity", comparator = "GT", value = 2023-07-16T13:58:20.5+02:00},
        {field = "tariffExpiresAt", comparator = "LTE", value = "2023-07-16T11:58:20.333Z"},
        {field = "tariffExpiresAt", comparator = "LT", value = 2023-07-16},
        {field = "imei", comparator = "NULL", value = true},
        {field = "profile", comparator = "in", value = ["S2", "S1"]},
        {field = "balance", comparator = "NIN", value = [1, 2.50, "3.0"]},
    ])")
                            .filter;
    using enum Comparator;
    const auto money = [](const char* text) { return Money::parse(text).value(); };
    EXPECT_THAT(
        filter, ElementsAre(
                    Filter{"id", starts_with, "10"s}, Filter{"isBlocked", eq, false},
                    Filter{"packageTotalCallsMaxDuration", gte, std::int64_t{60}},
                    Filter{"balance", lt, money("0.1")}, Filter{"dataBalance", neq, money("0")},
                    Filter{"latestActivity", gt, "2023-07-16T11:58:20.5Z"s},
                    Filter{"tariffExpiresAt", lte, "2023-07-16T11:58:20.333Z"s},
                    Filter{"tariffExpiresAt", lt, "2023-07-16T00:00:00Z"s}, Filter{"imei", null, true},
                    Filter{"profile", in, std::vector{"S2"s, "S1"s}},
                    Filter{"balance", nin, std::vector{"1"s, "2.5"s, "3"s}}));
}

TEST_F(ConfigFilter, SaysWhatIsWrongWithAFilter)
{
    const std::vector<Said> wrong{
        {R"(comparator="EQ", value="S1")", "6:11: account.filter.field is missing", "field = \"profile\""},
        {R"(field="profile", value="S1")", "6:11: account.filter.comparator is missing", "\"EQ\""},
        {R"(field="profile", comparator="EQ")", "6:11: account.filter.value is missing", "\"S1\""},
        {R"(field="proffile", comparator="EQ", value="S1")",
         "6:18: account.filter.field cannot be \"proffile\"", "did you mean \"profile\"?"},
        {R"(field=1, comparator="EQ", value="S1")",
         "6:18: account.filter.field must be a string, not the integer 1", "quotes"},
        {R"(field="profile", comparator="STARTSWITH", value="S1")",
         "6:40: account.filter.comparator cannot be \"STARTSWITH\"", "did you mean \"STARTS_WITH\"?"},
        {R"(field="profile", comparator="EQ", value="S1", operator="AND")",
         "6:58: unknown key account.filter.operator", "one of field, comparator, value"},
        {R"(field="id", comparator="EQ", value=5)",
         "6:47: account.filter.value must be a string, not the integer 5", "quotes"},
        {R"(field="isBlocked", comparator="EQ", value="yes")",
         "account.filter.value must be true or false, not the string \"yes\"", "without quotes"},
        {R"(field="packageTotalCallsMaxDuration", comparator="EQ", value=1.5)",
         "account.filter.value must be an integer, not the float 1.5", "without quotes and fraction"},
        {R"(field="balance", comparator="EQ", value="five")",
         "account.filter.value must be an amount, not \"five\"", "5.00"},
        {R"(field="balance", comparator="EQ", value=true)",
         "account.filter.value must be an amount, not the boolean true", "5.00"},
        {R"(field="tariffExpiresAt", comparator="EQ", value="soon")",
         "account.filter.value must be a date, not \"soon\"", "RFC 3339"},
        {R"(field="tariffExpiresAt", comparator="EQ", value=12:00:00)",
         "account.filter.value must be a date, not a date or time", "RFC 3339"},
        {R"(field="imei", comparator="NULL", value="yes")", "account.filter.value must be true or false",
         "without quotes"},
        {R"(field="profile", comparator="IN", value="S1")",
         "account.filter.value must be a list, not the string \"S1\"", "square brackets"},
        {R"(field="profile", comparator="IN", value=[])", "account.filter.value is an empty list",
         "at least one"},
        {R"(field="profile", comparator="IN", value=["S1", 2])",
         "6:59: account.filter.value must be a string, not the integer 2", "quotes"},
        {R"(field="balance", comparator="CONTAINS", value="5")",
         "account.filter.comparator CONTAINS does not fit balance, which holds amounts", "LT to GTE"},
        {R"(field="isBlocked", comparator="GT", value=true)",
         "account.filter.comparator GT does not fit isBlocked, which holds true and false", "EQ or NEQ"},
    };
    expect_diagnostics(account + "filter = [{", wrong, "}]");
    EXPECT_THAT(
        diagnostic(account + "filter = \"profile=S1\""), StartsWith("6:10: account.filter must be a list"));
    EXPECT_THAT(diagnostic(account + "filter = [1]"), StartsWith("6:11: account.filter must be a table"));
}

TEST_F(ConfigFilter, TakesEveryFieldOfTheReference)
{
    std::vector<std::string> unknown;
    for (const auto* field :
         {"id",
          "iccidPlastic",
          "simId",
          "isBlocked",
          "allowFreeCallerIdChange",
          "allowFreeVoiceSubstitution",
          "balance",
          "dataBalance",
          "fmcs",
          "callerIds",
          "externalMsisdns",
          "name",
          "packageTotalCallsMaxDuration",
          "tariffType",
          "profile",
          "description",
          "latestActivity",
          "tariffExpiresAt",
          "imei",
          "imeiIsCorrect",
          "isArchived"})
        if (!diagnostics(account + "filter = [{field=\"" + field + "\", comparator=\"NULL\", value=true}]")
                 .empty())
            unknown.emplace_back(field);
    EXPECT_THAT(unknown, IsEmpty());
}

TEST(ScopeText, IsJsonThatDependsOnTheMeaningAlone)
{
    using enum Comparator;
    const Filter profile{"profile", eq, "S\"1"s};
    const Filter balance{"balance", lt, Money::parse("5.00").value()};
    const Filter ids{"id", in, std::vector{"2"s, "1"s, "2"s}};
    EXPECT_EQ(scope_text({}), "[]");
    EXPECT_EQ(scope_text({profile}), R"([{"field":"profile","comparator":"EQ","value":"S\"1"}])");
    EXPECT_EQ(
        scope_text({{"profile", eq, "S1"s}}), R"([{"field":"profile","comparator":"EQ","value":"S1"}])");
    EXPECT_EQ(
        scope_text({profile, ids, balance, profile}),
        R"([{"field":"balance","comparator":"LT","value":5},)"
        R"({"field":"id","comparator":"IN","value":["1","2"]},)"
        R"({"field":"profile","comparator":"EQ","value":"S\"1"}])");
    EXPECT_EQ(scope_text({balance, profile, ids}), scope_text({profile, ids, balance}));
    EXPECT_EQ(
        scope_text({{"isBlocked", null, true}, {"packageTotalCallsMaxDuration", eq, std::int64_t{-5}}}),
        R"([{"field":"isBlocked","comparator":"NULL","value":true},)"
        R"({"field":"packageTotalCallsMaxDuration","comparator":"EQ","value":-5}])");
}

TEST(ScopeText, TellsValuesOfOtherTypesApart)
{
    using enum Comparator;
    EXPECT_NE(scope_text({{"profile", eq, "5"s}}), scope_text({{"profile", eq, Money::parse("5").value()}}));
    EXPECT_NE(
        scope_text({{"profile", in, std::vector{"a"s, "b"s}}}),
        scope_text({{"profile", in, std::vector{"a\",\"b"s}}}));
}

TEST_F(ConfigFilter, GivesEqualScopesHoweverTheyAreWritten)
{
    const auto scope = [this](const std::string& keys) { return scope_text(load_account(keys).filter); };
    EXPECT_EQ(
        scope(R"(filter = [{field="balance", comparator="LT", value=5.00},
                                 {field="profile", comparator="IN", value=["S1","S2"]}])"),
        scope(R"(filter = [{value=["S2","S1"], comparator="in", field="profile"},
                                 {field="balance", comparator="lt", value="5"}])"));
}

} // namespace
} // namespace simsync
