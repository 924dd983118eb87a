// The queries that the README shows run as they stand there, and answer with the columns that it shows.
#include "e2e/testbed.hpp"

#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>

namespace simsync::test
{
namespace
{

const std::string prompt = "simsync=> ";

struct Example
{
    std::string sql;
    std::string header; // the line below it
};

// Each begins at a prompt and ends with the line that holds its semicolon.
std::vector<Example> examples()
{
    std::ifstream readme(README);
    std::vector<Example> all;
    for (std::string line; std::getline(readme, line);)
    {
        if (!line.starts_with(prompt))
            continue;
        Example example{line.substr(prompt.size()), {}};
        while (example.sql.find(';') == std::string::npos && std::getline(readme, line))
            example.sql += '\n' + line;
        std::getline(readme, example.header);
        all.push_back(std::move(example));
    }
    return all;
}

// " id | balance " → "id|balance"
std::string names_in(std::string header)
{
    std::erase(header, ' ');
    return header;
}

std::string names_of(const PGresult* result)
{
    std::string names;
    for (int i = 0; i < PQnfields(result); ++i)
        names.append(i > 0 ? "|" : "").append(PQfname(result, i));
    return names;
}

TEST(Readme, QueriesRunAndAnswerWithTheColumnsThatItShows)
{
    Testbed testbed{50};
    testbed.sync();
    testbed.run({"events", "--consumer", "pager"}); // whose acknowledgement is one of the examples
    const auto all = examples();
    ASSERT_GE(all.size(), 9U);

    const auto connection = connect(testbed.url());
    for (const auto& example : all)
    {
        const auto sql = std::regex_replace(example.sql, std::regex("'demo'"), "'main'");
        const std::unique_ptr<PGresult, decltype(&PQclear)> result{
            PQexec(connection.get(), sql.c_str()), &PQclear};
        if (sql.find("ack_events") != std::string::npos) // going back is refused by name
            continue;
        ASSERT_EQ(PQresultStatus(result.get()), PGRES_TUPLES_OK) << sql << '\n'
                                                                 << PQresultErrorMessage(result.get());
        EXPECT_EQ(names_of(result.get()), names_in(example.header)) << sql;
    }
}

// Every view and function that analysts have is shown in use.
TEST(Readme, ShowsEveryViewInUse)
{
    std::string text;
    for (const auto& example : examples())
        text += example.sql;
    for (const std::string name :
         {"sim_current", "sim_blocked", "balance_low", "tariff_expiring", "balance_history", "daily_spend",
          "balance_forecast", "tariff_history", "number_history", "last_event", "idle_sim", "sim_absence",
          "freshness", "sim_as_of(", "read_events(", "ack_events("})
        EXPECT_THAT(text, testing::HasSubstr("simsync." + name));
}

} // namespace
} // namespace simsync::test
