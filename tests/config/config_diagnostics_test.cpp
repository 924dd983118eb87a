// What is said of each mistake, and where.
#include "config_folder.hpp"

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using ConfigDiagnostics = ConfigFolder;

TEST_F(ConfigDiagnostics, NamesTheKeyItsPlaceAndWhatIsExpected)
{
    const std::vector<Said> wrong{
        {"sweep_interval = 60",
         "6:18: account.sweep_interval must be a duration from 100ms to 1d, not the integer 60", "\"1m\""},
        {"sweep_interval = \"99ms\"",
         "6:18: account.sweep_interval must be a duration from 100ms to 1d, not \"99ms\"", "\"1m\""},
        {"sweep_interval = \"25h\"", "from 100ms to 1d, not \"25h\"", "\"1m\""},
        {"sweep_interval = \"1h30m\"", "not \"1h30m\"", "an integer and ms, s, m, h or d"},
        {"recent_interval = \"99ms\"", "6:19: account.recent_interval is shorter than 100ms", "\"5s\""},
        {"recent_interval = \"never\"",
         "account.recent_interval must be a duration from 0s to 1d, not \"never\"", "\"5s\""},
        {"recent_interval = 5", "not the integer 5", "\"5s\""},
        {"page_size = \"500\"",
         "6:13: account.page_size must be an integer from 1 to 10000, not the string \"500\"",
         "without quotes"},
        {"page_size = 500.0", "not the float 500.0", "for example 500"},
        {"page_size = 0", "account.page_size must be an integer from 1 to 10000, not 0", "for example 500"},
        {"page_size = 10_001", "not 10_001", "for example 500"},
        {"page_size = -1", "not -1", "for example 500"},
        {"concurrency = 65", "account.concurrency must be an integer from 1 to 64, not 65", "for example 4"},
        {"concurrency = [4]", "not a list", "for example 4"},
        {"pagination = \"Offset\"", "6:14: account.pagination cannot be \"Offset\"",
         "did you mean \"offset\"?"},
        {"pagination = \"cursor\"", "cannot be \"cursor\"", "one of auto, keyset, offset"},
        {"request_timeout = \"0\"", "account.request_timeout must be a duration from 100ms to 10m",
         "\"30s\""},
        {"request_timeout = \"11m\"", "from 100ms to 10m, not \"11m\"", "\"30s\""},
        {"max_requests_per_second = -0.5",
         "account.max_requests_per_second must be a number from 0 to 1000000, not -0.5", "for example 0"},
        {"max_requests_per_second = nan", "not nan", "for example 0"},
        {"max_requests_per_second = inf", "not inf", "for example 0"},
        {"max_requests_per_second = \"2\"", "not the string \"2\"", "without quotes"},
        {"allow_plaintext = \"yes\"", "account.allow_plaintext must be true or false, not the string \"yes\"",
         "for example false"},
        {"allow_plaintext = 1", "not the integer 1", "for example false"},
        {"refresh_path = \"partner/refresh\"", "account.refresh_path is no path", "\"/partner/refresh\""},
        {"refresh_path = \"/a b\"", "account.refresh_path is no path", "slash"},
        {"refresh_path = \"/a?token=hunter2\"", "account.refresh_path is no path", "slash"},
        {"sweep_intervall = \"1m\"", "6:1: unknown key account.sweep_intervall",
         "did you mean \"sweep_interval\"?"},
        {"colour = 1", "6:1: unknown key account.colour", "one of "},
        {"  [account.alert]", "6:12: unknown table account.alert", "one of "},
    };
    expect_diagnostics(account, wrong, "");
}

TEST_F(ConfigDiagnostics, NamesMistakesOfTheOtherTables)
{
    const std::vector<Said> wrong{
        {"[databse]", "6:2: unknown table databse", "did you mean \"database\"?"},
        {"[database]\nurl = 5", "7:7: database.url must be a string, not an integer", "quotes"},
        {"[database]\nurl = \"\\u0000\"", "7:7: database.url holds a NUL", "\\u0000"},
        {"[database]\nurl = \"mysql://hunter2\"", "7:7: database.url is no libpq connection string",
         "postgresql"},
        {"[database]\nurl = \"host=h password=hunter2\"", "7:7: database.url holds a password",
         "password_file"},
        {"[removal]\nguard_fraction = 1.01",
         "7:18: removal.guard_fraction must be a number from 0 to 1, not 1.01", "for example 0.05"},
        {"[removal]\nguard_minimum = -1", "7:17: removal.guard_minimum must be an integer from 0",
         "example 10"},
        {"[alert]\nbalance_low = \"five\"", "7:15: alert.balance_low must be an amount, not \"five\"",
         "5.00"},
        {"[alert]\nbalance_low = nan", "7:15: alert.balance_low must be an amount, not nan", "5.00"},
        {"[alert]\nbalance_low = true", "must be an amount, not the boolean true", "5.00"},
        {"[alert]\nbalance_recovered = []", "7:21: alert.balance_recovered must be an amount, not a list",
         "5"},
        {"[alert]\ntariff_expiry_warnings = \"7d\"", "7:26: alert.tariff_expiry_warnings must be a list",
         "["},
        {"[alert]\ntariff_expiry_warnings = [\"7d\", \"168h\"]",
         "7:33: alert.tariff_expiry_warnings has 7d twice", "once"},
        {"[alert]\ntariff_expiry_warnings = [\"7d\", 3]",
         "7:33: alert.tariff_expiry_warnings must be a duration", "\"7d\""},
        {"[alert]\ntariff_expiry_warnings = [\"0s\"]", "from 1s to 3650d, not \"0s\"", "\"7d\""},
        {"[alert]\ntariff_expiry_warnings = [\"1500ms\"]", "must be whole seconds, not \"1500ms\"", "\"7d\""},
        {"[alert]\nstale_after = \"999ms\"", "7:15: alert.stale_after must be a duration from 1s to 365d",
         "5m"},
        {"[events]\nretention = \"23h\"", "7:13: events.retention is less than a day", "\"0\""},
        {"[events]\nretention = 0", "7:13: events.retention must be a duration", "\"400d\""},
        {"[http]\nlisten = \":9469\"", "7:10: http.listen cannot be \":9469\"", "\"127.0.0.1:9469\""},
        {"[http]\nurl = \"simsync.example\"", "http.url cannot be", "open the console"},
        {"[http]\nurl = \"http://h/?a=b\"", "http.url cannot be", "open the console"},
        {"[http]\nlisten = \"9469\"", "http.listen cannot be", "\"\" for none"},
        {"[http]\nlisten = \"localhost\"", "http.listen cannot be", "host:port"},
        {"[http]\nlisten = \"localhost:\"", "http.listen cannot be", "host:port"},
        {"[http]\nlisten = \"localhost:65536\"", "http.listen cannot be", "host:port"},
        {"[http]\nlisten = \"localhost:80x\"", "http.listen cannot be", "host:port"},
        {"[http]\nlisten = \"::1:9469\"", "http.listen cannot be", "\"[::1]:9469\""},
        {"[http]\nlisten = \"[::g]:9469\"", "http.listen cannot be", "\"[::1]:9469\""},
        {"[http]\nlisten = \"http://localhost:9469\"", "http.listen cannot be", "host:port"},
        {"[log]\nlevel = \"warning\"", "7:9: log.level cannot be \"warning\"",
         "one of trace, debug, info, warn, error"},
        {"[log]\nlevel = 3", "log.level must be a string, not the integer 3", "quotes"},
        {"[log]\nformat = \"journald\"", "7:10: log.format cannot be \"journald\"",
         "did you mean \"journal\"?"},
        {"[log.file]", "6:6: unknown table log.file", "one of level, format"},
        {"[[alert]]", "6:1: alert must be a table, not a list", "brackets"},
    };
    expect_diagnostics(account, wrong, "");
}

TEST_F(ConfigDiagnostics, NeedsAnAccount)
{
    for (const auto& [text, sentence] : std::vector<std::array<std::string, 2>>{
             {"", "1:1: no account is configured"},
             {"account = []", "1:11: no account is configured"},
             {"[account]\nname = \"main\"", "1:1: account must be a list of tables, not a table"},
             {"account = \"main\"", "1:11: account must be a list of tables, not the string \"main\""}})
    {
        EXPECT_THAT(diagnostic(text), StartsWith(sentence)) << text;
        EXPECT_THAT(diagnostic(text), HasSubstr("[[account]]")) << text;
    }
}

TEST_F(ConfigDiagnostics, NeedsAnAccountsFourKeysAtTheAccountsPlace)
{
    EXPECT_EQ(diagnostics("[[account]]\n[[account]]").size(), 8U); // without a name they do not share one
    const auto said = diagnostics(account + "[[account]]");
    ASSERT_EQ(said.size(), 4U);
    std::string all;
    for (const auto& diagnostic : said)
    {
        EXPECT_THAT(diagnostic.what, HasSubstr("simsync.toml:6:1: account."));
        all += diagnostic.what;
    }
    for (const auto* key : {"name", "endpoint", "username", "password_file"})
        EXPECT_THAT(all, HasSubstr("account."s + key + " is missing"));
}

TEST_F(ConfigDiagnostics, TakesNoEmptyTextForThem)
{
    for (const auto* key : {"name", "endpoint", "username", "password_file"})
        EXPECT_THAT(diagnostic(account_with(key, "\"\"")), HasSubstr("account."s + key + " is empty HINT: "));
}

TEST_F(ConfigDiagnostics, NamesAnAccountByItsPattern)
{
    const auto named = [](const std::string& name) { return account_with("name", '"' + name + '"'); };
    for (const auto& name : {"a"s, "0"s, "a_-9"s, std::string(63, 'a')})
        EXPECT_THAT(diagnostics(named(name)), IsEmpty()) << name;
    for (const auto& name : {"Main"s, "-a"s, "_a"s, "a.b"s, "a b"s, "ä"s, std::string(64, 'a')})
        EXPECT_THAT(diagnostic(named(name)), StartsWith("2:8: account.name cannot be \"")) << name;
    EXPECT_THAT(diagnostic(named("a\\u001b[31m")), HasSubstr(R"("a\x1B[31m")"));
    EXPECT_THAT(diagnostic(named(std::string(100, 'z'))), Not(HasSubstr(std::string(61, 'z'))));
}

TEST_F(ConfigDiagnostics, RefusesASecondAccountOfTheSameName)
{
    EXPECT_THAT(
        diagnostic(account + account),
        StartsWith("7:8: account.name \"main\" is taken by the account in line 1 HINT: "));
}

TEST_F(ConfigDiagnostics, SaysWhatIsWrongWithAnEndpoint)
{
    const std::vector<Said> wrong{
        {"ftp://api.myphone.group", "it must begin with https:// or http://", "https://api.myphone.group"},
        {"api.myphone.group", "it is no URL", "https://api.myphone.group"},
        {"https://", "names no host", "https://api.myphone.group"},
        {"https://h:70000", "port", "https://api.myphone.group"},
        {"https://me:hunter2@h", "holds a user name or a password", "password_file"},
        {"me:hunter2@h", "holds a user name or a password", "password_file"},
        {"https://h?token=hunter2", "holds a query or a fragment", "base path"},
        {"http://api.myphone.group", "3:12: account.endpoint is http:// to \"api.myphone.group\"",
         "allow_plaintext"},
        {"http://127.0.0.1.example", "neither a name nor an address", "https://"},
        {"https://127.0.0.1%00.example", "neither a name nor an address", "https://"},
        {"http://localhost.example", "in the clear", "https://"},
        {"http://[2001:db8::1]", "in the clear", "https://"},
        {"http://10.0.0.1", "in the clear", "https://"},
    };
    const auto begin = account.find("https://");
    const auto end = account.find('"', begin);
    expect_diagnostics(account.substr(0, begin), wrong, account.substr(end));
}

TEST_F(ConfigDiagnostics, TellsAllMistakesInTheOrderOfTheFile)
{
    std::vector<std::string> places;
    for (const auto& diagnostic : diagnostics(
             "[log]\nlevel = 1\nformat = 2\n[http]\nlisten = 3\nport = 4\n" + account +
             "page_size = 0\nname2 = 5\n[alert]\nzeal = 1\n[aaa]"))
        places.push_back(diagnostic.what.substr(folder().string().size()));
    EXPECT_THAT(
        places, ElementsAre(
                    StartsWith("/simsync.toml:2:9: log.level"), HasSubstr(":3:10: log.format"),
                    HasSubstr(":5:10: http.listen"), HasSubstr(":6:1: unknown key http.port"),
                    HasSubstr(":12:13: account.page_size"), HasSubstr(":13:1: unknown key"),
                    HasSubstr(":15:1: unknown key alert.zeal"), HasSubstr(":16:2: unknown table aaa")));
}

TEST_F(ConfigDiagnostics, NamesThePlaceOfWhatIsNoToml)
{
    EXPECT_THAT(
        diagnostic("[log]\nlevel = warn\n"),
        StartsWith("2:9: this is no TOML: Error while parsing value: could not determine value type"));
    EXPECT_THAT(diagnostic("[log]\n[log]\n"), StartsWith("2:1: this is no TOML: "));
    EXPECT_THAT(diagnostic("a = [1,"), StartsWith("1:8: this is no TOML: "));
    EXPECT_THAT(diagnostic("\xFF"), HasSubstr("this is no TOML: "));
    EXPECT_THAT(diagnostic("[log]\nlevel = warn\n"), HasSubstr("HINT: text and durations stand in quotes"));
}

TEST_F(ConfigDiagnostics, QuotesNothingOfASecretThatIsOutOfPlace)
{
    // mistakes_of() looks for the secret in every message.
    EXPECT_THAT(
        diagnostic(account + "password = \"hunter2\""),
        HasSubstr("6:1: unknown key account.password HINT: no secret belongs in this file"));
    EXPECT_THAT(diagnostic(account + "password = \"hunter2\""), HasSubstr("password_file"));
    EXPECT_THAT(
        diagnostic(account + "password_flie = \"hunter2\""), HasSubstr("did you mean \"password_file\"?"));
    EXPECT_THAT(diagnostic(account + "api_token = \"hunter2\""), HasSubstr("no secret belongs in this file"));
    EXPECT_THAT(diagnostic(account + "[database]\npassword = \"hunter2\""), HasSubstr("password_file"));
    EXPECT_THAT(diagnostic(account + "[database]\nurl = [\"hunter2\"]"), HasSubstr("not a list"));
    EXPECT_THAT(diagnostic("password = 1hunter2"), StartsWith("1:12: this is no TOML HINT: "));
    EXPECT_THAT(
        diagnostic("[database]\nurl = 123456789012345678901234567890"),
        StartsWith("2:37: this is no TOML HINT: "));

    EXPECT_THAT(
        diagnostic(account_with("password_file", "1234567")),
        HasSubstr("account.password_file must be a string, not an integer HINT: "));
}

} // namespace
} // namespace simsync
