// The configuration that is taken: its defaults and its values.
#include "config_folder.hpp"

#include "config/secret_file.hpp"

#include <cctype>
#include <sstream>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

std::string contents(const fs::path& file)
{
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

using ConfigTest = ConfigFolder;

TEST_F(ConfigTest, HasTheDocumentedDefaults)
{
    Config expected;
    expected.accounts.push_back(
        {.name = "main",
         .endpoint = "https://api.myphone.group",
         .username = "partner",
         .password_file = find_secret_file(folder(), "main.password"),
         .ca_file = {},
         .refresh_path = {},
         .filter = {}});
    EXPECT_EQ(load(account), expected);

    EXPECT_EQ(expected.database_url, "postgresql:///simsync");
    EXPECT_EQ(expected.database_lanes, 8);
    EXPECT_EQ(expected.accounts.front().sweep_interval, 60s);
    EXPECT_EQ(expected.accounts.front().page_size, 500U);
    EXPECT_EQ(expected.accounts.front().concurrency, 4U);
    EXPECT_EQ(expected.accounts.front().pagination, Pagination::automatic);
    EXPECT_EQ(expected.accounts.front().request_timeout, 30s);
    EXPECT_EQ(expected.accounts.front().max_requests_per_second, 0.0);
    EXPECT_FALSE(expected.accounts.front().allow_plaintext);
    EXPECT_EQ(expected.removal.guard_fraction, 0.05);
    EXPECT_EQ(expected.removal.guard_minimum, 10U);
    EXPECT_EQ(expected.alert.balance_low, std::nullopt);
    EXPECT_EQ(expected.alert.balance_recovered, std::nullopt);
    EXPECT_THAT(expected.alert.tariff_expiry_warnings, ElementsAre(7 * 24h, 3 * 24h, 24h));
    EXPECT_EQ(expected.alert.stale_after, 5min);
    EXPECT_EQ(expected.events_retention, 400 * 24h);
    EXPECT_EQ(expected.http_listen, "127.0.0.1:9469");
    EXPECT_EQ(expected.log.level, "info");
    EXPECT_EQ(expected.log.format, "auto");
}

TEST_F(ConfigTest, TakesEveryKey)
{
    write("ca.pem", certificate);
    const auto config = load(R"(
[database]
url = "host=db1,db2 dbname=simsync"
lanes = 20
[[account]]
name = "a-1_b"
endpoint = "http://api.example:8080/gateway"
username = "партнёр"
password_file = "main.password"
sweep_interval = "90s"
recent_interval = "3s"
page_size = 1_000
concurrency = 8
pagination = "keyset"
request_timeout = "1500ms"
max_requests_per_second = 2.5
allow_plaintext = true
ca_file = "ca.pem"
refresh_path = "/partner/refresh"
filter = [{field = "profile", comparator = "EQ", value = "S1"}]
[removal]
guard_fraction = 1
guard_minimum = 0
[alert]
balance_low = 5.00
balance_recovered = 6
tariff_expiry_warnings = ["1h", "14d"]
stale_after = "10m"
[events]
retention = "0"
[http]
listen = ""
url = "https://simsync.example/console"
[log]
level = "debug"
format = "json"
)");
    Config expected;
    expected.database_url = "host=db1,db2 dbname=simsync";
    expected.database_lanes = 20;
    expected.accounts.push_back(
        {.name = "a-1_b",
         .endpoint = "http://api.example:8080/gateway",
         .username = "партнёр",
         .password_file = find_secret_file(folder(), "main.password"),
         .sweep_interval = 90s,
         .recent_interval = 3s,
         .page_size = 1000,
         .concurrency = 8,
         .pagination = Pagination::keyset,
         .request_timeout = 1500ms,
         .max_requests_per_second = 2.5,
         .allow_plaintext = true,
         .ca_file = folder() / "ca.pem",
         .ca_mark = mark_of(folder() / "ca.pem"),
         .refresh_path = "/partner/refresh",
         .filter = {{.field = "profile", .comparator = Comparator::eq, .value = "S1"s}}});
    expected.removal = {1.0, 0};
    expected.alert = {Money::parse("5"), Money::parse("6"), {14 * 24h, 1h}, 10min};
    expected.events_retention = 0s;
    expected.http_listen = "";
    expected.http_url = "https://simsync.example/console";
    expected.log = {"debug", "json"};
    EXPECT_EQ(config, expected);
}

TEST_F(ConfigTest, TakesTheShippedFileAndEveryDefaultItShows)
{
    const auto shipped = contents(SHIPPED_CONFIG);
    const auto as_shipped = load(shipped);
    EXPECT_EQ(as_shipped.accounts.front().name, "main");

    std::string uncommented;
    std::size_t taken_in = 0;
    std::istringstream lines{shipped};
    for (std::string line; std::getline(lines, line); uncommented += line + '\n')
        if (line.size() > 1 && line[0] == '#' && std::islower(static_cast<unsigned char>(line[1])))
        {
            line.erase(0, 1);
            ++taken_in;
        }
    EXPECT_GE(taken_in, 10U);
    EXPECT_EQ(load(uncommented), as_shipped); // so the file shows the defaults that there are
}

TEST_F(ConfigTest, TakesSeveralAccounts)
{
    const auto config = load(account + account_with("name", "\"second\""));
    ASSERT_EQ(config.accounts.size(), 2U);
    EXPECT_EQ(config.accounts[0].name, "main");
    EXPECT_EQ(config.accounts[1].name, "second");
}

TEST_F(ConfigTest, TakesPlaintextToThisHost)
{
    for (const auto* host : {"localhost", "sim.localhost", "127.0.0.1", "127.8.9.10:8080", "[::1]:8080"})
    {
        const auto text = account_with("endpoint", "\"http://"s + host + '"');
        EXPECT_THAT(diagnostics(text), IsEmpty()) << host;
    }
}

TEST_F(ConfigTest, TakesWindowsLineEndsAndAByteOrderMark)
{
    EXPECT_EQ(
        load(
            "\xEF\xBB\xBF"
            "alert.balance_low = 5.00\r\n" +
            account)
            .alert.balance_low,
        Money::parse("5"));
}

TEST_F(ConfigTest, TakesBothEndsOfARange)
{
    for (const auto* key :
         {"sweep_interval = \"100ms\"", "sweep_interval = \"1d\"", "recent_interval = \"100ms\"",
          "recent_interval = \"1d\"", "page_size = 1", "page_size = 10000", "concurrency = 1",
          "concurrency = 64", "request_timeout = \"100ms\"", "request_timeout = \"10m\"",
          "max_requests_per_second = 0", "max_requests_per_second = 1e6"})
        EXPECT_THAT(diagnostics(account + key), IsEmpty()) << key;
    for (const auto* key :
         {"removal.guard_fraction = 0", "removal.guard_fraction = 1.0", "removal.guard_minimum = 0",
          "alert.stale_after = \"1s\"", "alert.stale_after = \"365d\"", "events.retention = \"1d\"",
          "events.retention = \"36525d\"", "http.listen = \"[::1]:65535\"", "http.listen = \"localhost:0\"",
          "alert.tariff_expiry_warnings = [\"1s\", \"3650d\"]", "alert.tariff_expiry_warnings = []"})
        EXPECT_THAT(diagnostics(key + "\n"s + account), IsEmpty()) << key;
}

TEST_F(ConfigTest, LooksAtWhatMovedAsOftenAsItIsToldNeverOrByItself)
{
    const auto interval = [this](const std::string& written)
    { return load(account + "recent_interval = " + written).accounts.front().recent_interval; };
    EXPECT_EQ(load(account).accounts.front().recent_interval, std::nullopt);
    EXPECT_EQ(interval("\"auto\""), std::nullopt);
    EXPECT_EQ(interval("\"0\""), 0ms);
    EXPECT_EQ(interval("\"5s\""), 5s);
}

TEST_F(ConfigTest, LinksToWhereThePagesAre)
{
    const auto links_to = [this](const std::string& http)
    { return console_url(load(account + "[http]\n" + http)); };
    EXPECT_EQ(links_to(""), "http://127.0.0.1:9469/");
    EXPECT_EQ(links_to("listen = \"[::1]:80\""), "http://[::1]:80/");
    EXPECT_EQ(links_to("listen = \"localhost:0\""), "") << "nobody knows the port";
    EXPECT_EQ(links_to("listen = \"\""), "");
    EXPECT_EQ(links_to("listen = \"\"\nurl = \"https://a.example\""), "https://a.example/");
    EXPECT_EQ(links_to("url = \"https://a.example/b/\""), "https://a.example/b/");
    EXPECT_THAT(
        links_to("listen = \"0.0.0.0:9469\""),
        testing::AllOf(testing::EndsWith(":9469/"), testing::Not(testing::HasSubstr("0.0.0.0"))));
}

TEST_F(ConfigTest, KeepsMoneyExact)
{
    const auto low = [this](const std::string& written)
    { return load(account + "[alert]\nbalance_low = " + written).alert.balance_low.value().text(); };
    EXPECT_EQ(low("5.00"), "5");
    EXPECT_EQ(low("5"), "5");
    EXPECT_EQ(low("\"5.00\""), "5");
    EXPECT_EQ(low("-0.10"), "-0.1");
    EXPECT_EQ(low("+0.10"), "0.1");
    EXPECT_EQ(low("1_000.5_0"), "1000.5");
    EXPECT_EQ(low("0x10"), "16");
    EXPECT_EQ(low("5e-1"), "0.5");
    EXPECT_EQ(low("12345678901234567.89"), "12345678901234567.89"); // no double holds it
    EXPECT_EQ(low("0.1000000000000000055"), "0.1000000000000000055");
    EXPECT_EQ(low("\"12345678901234567.89\""), "12345678901234567.89");
    EXPECT_EQ(low("5.00#comment"), "5");
}

TEST_F(ConfigTest, ReadsMoneyAtItsColumnBehindOtherLetters)
{
    const auto filter = load_account(R"(filter = [{field="description", comparator="EQ", value="Тариф 😀"}, )"
                                     R"({field="balance", comparator="LT", value=12345678901234567.89}])")
                            .filter;
    EXPECT_EQ(filter.at(1).value, FilterValue{Money::parse("12345678901234567.89").value()});
}

TEST_F(ConfigTest, RecoversAtBalanceLowUnlessToldOtherwise)
{
    const auto alert = load(account + "[alert]\nbalance_low = 5.00").alert;
    EXPECT_EQ(alert.balance_recovered, Money::parse("5"));
    EXPECT_THAT(diagnostics(account + "[alert]\nbalance_low = 5\nbalance_recovered = 5.0"), IsEmpty());
    EXPECT_THAT(
        diagnostic(account + "[alert]\nbalance_low = 5.00\nbalance_recovered = 4.99"),
        StartsWith("8:21: alert.balance_recovered is less than alert.balance_low HINT: "));
}

} // namespace
} // namespace simsync
