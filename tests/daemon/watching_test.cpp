// What Prometheus and Grafana are told to look at is there: the shipped rules and the dashboard name metrics
// that simsync has, by labels that these have.
#include "daemon/metrics.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace simsync
{
namespace
{

namespace json = boost::json;
using testing::IsSubsetOf;
using testing::Not;

std::string content(const std::string& file)
{
    std::ostringstream text;
    text << std::ifstream(SHIPPED_FOLDER "/" + file).rdbuf();
    return text.str();
}

// Of histograms, as they are queried.
std::set<std::string> matches(const std::string& text, const char* pattern)
{
    std::set<std::string> found;
    const std::regex expression(pattern);
    for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
        found.insert((*match)[1]);
    return found;
}

std::string metrics_text()
{
    Metrics metrics;
    auto& account = metrics.account("main");
    account.leads();
    account.sims(1);
    account.last_complete({});
    account.removals_held(0);
    account.conditions({{Kind::sim_blocked, 1}});
    account.drifting({{"imei", {}}});
    account.token_expiry({});
    account.loading(Loaded{});
    account.sweep_finished("complete", {});
    account.api_request("simcards", "ok", {});
    ConsumerPosition pager;
    pager.consumer = "pager";
    account.consumers({pager});
    metrics.sink("pager");
    return metrics.text(Timestamp{});
}

std::vector<std::string> queries_of_the_dashboard()
{
    std::vector<std::string> queries;
    const auto dashboard = json::parse(content("grafana/simsync.json"));
    for (const auto& panel : dashboard.at("panels").as_array())
        for (const auto& target : panel.at("targets").as_array())
            queries.emplace_back(target.at("expr").as_string());
    return queries;
}

TEST(Watching, RulesAndDashboardNameMetricsThatThereAre)
{
    const auto there_are = matches(metrics_text(), R"((?:^|\n)(simsync_[a-z_]+))");
    EXPECT_THAT(
        matches(content("prometheus/simsync.rules.yml"), R"((simsync_[a-z_]+)[{\[)])"),
        IsSubsetOf(there_are));
    for (const auto& query : queries_of_the_dashboard())
        EXPECT_THAT(matches(query, R"((simsync_[a-z_]+))"), IsSubsetOf(there_are)) << query;
}

TEST(Watching, OutcomesThatRulesWaitForAreCountedFromZero)
{
    EXPECT_THAT(
        metrics_text(),
        testing::HasSubstr("simsync_logins_total{account=\"main\",outcome=\"unauthorized\"} 0"));
}

TEST(Watching, TheDashboardsPanelsLieSideBySideUnderIdsOfTheirOwn)
{
    const auto dashboard = json::parse(content("grafana/simsync.json"));
    std::set<std::int64_t> ids;
    std::set<std::pair<std::int64_t, std::int64_t>> taken;
    for (const auto& panel : dashboard.at("panels").as_array())
    {
        EXPECT_TRUE(ids.insert(panel.at("id").as_int64()).second);
        const auto& place = panel.at("gridPos");
        const auto x = place.at("x").as_int64();
        const auto y = place.at("y").as_int64();
        EXPECT_LE(x + place.at("w").as_int64(), 24);
        for (auto column = x; column < x + place.at("w").as_int64(); ++column)
            for (auto row = y; row < y + place.at("h").as_int64(); ++row)
                EXPECT_TRUE(taken.emplace(column, row).second) << panel.at("title");
    }
}

} // namespace
} // namespace simsync
