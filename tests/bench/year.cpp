// bench_year [--quick]: what an analyst asks of a year of events, 100,000 SIMs of which 1 % change in an
// hour. Prints how long each query takes and PostgreSQL's plan of it.
#include "bench/ground.hpp"
#include "bench/measure.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::bench
{
namespace
{

struct Year
{
    std::size_t sims = 100'000;
    std::size_t events_an_hour = 1'000; // 1 % of them
    std::size_t months = 12;
};

// Small enough for CI: that the queries run, not how fast.
constexpr Year quick{1'000, 10, 2};

constexpr std::size_t hours_a_month = 730;
constexpr std::size_t repetitions = 5;

struct Question
{
    const char* name;
    const char* sql;
};

constexpr Question questions[]{
    {"one SIM's history", "select observed_at, kind, before, after from simsync.change_event where account = "
                          "'main' and sim = '10000042' "
                          "order by seq"},
    {"one SIM's balances",
     "select observed_at, balance from simsync.balance_history where account = 'main' and sim = '10000042' "
     "order by observed_at"},
    {"who ran low this week",
     "select sim, min(observed_at) as low_since from simsync.change_event where kind = 'balance.low' "
     "and observed_at > now() - interval '7 days' group by sim order by low_since"},
    {"events of the last hour", "select kind, count(*) from simsync.change_event where recorded_at > now() - "
                                "interval '1 hour' group by kind"},
};

// A month of events, evenly spread. One in thirty is a balance that runs low, one that recovers.
std::string month_of_events(const Year& year, std::size_t month)
{
    const auto events = year.events_an_hour * hours_a_month;
    const auto first = std::to_string(month * events + 1);
    const auto last = std::to_string((month + 1) * events);
    const auto total = std::to_string(year.months * events);
    return "insert into simsync.change_event (account, seq, kind, severity, sim, iccid_plastic, observed_at, "
           "previous_observed_at, recorded_at, before, after, cause, sweep_id) "
           "select 'main', g, case g % 30 when 0 then 'balance.low' when 1 then 'balance.recovered' "
           "else 'balance.changed' end, case g % 30 when 0 then 'warning' else 'info' end, "
           "(10000000 + g::bigint * 7919 % " +
           std::to_string(year.sims) +
           ")::text, '8997201183059987676', at, at - interval '1 minute', at, "
           "case when g % 30 > 1 then '{\"balance\": \"12.50\"}'::jsonb end, '{\"balance\": \"11.90\"}', "
           "'sweep', g / 100 "
           "from generate_series(" +
           first + ", " + last + ") g, lateral (select now() - (" + total + " - g) * interval '1 hour' / " +
           std::to_string(year.events_an_hour) + " as at) t";
}

std::string a_year(const Year& year)
{
    const auto url = cluster().mirror_database();
    test::run_sql(
        url, "insert into simsync.ledger (account, endpoint) values ('main', 'https://api.example')");
    for (std::size_t month = 0; month <= year.months; ++month)
        test::run_sql(
            url, "select simsync.ensure_partitions(now() - interval '" +
                     std::to_string(month * hours_a_month) + " hours')");
    for (std::size_t month = 0; month < year.months; ++month)
    {
        test::run_sql(url, month_of_events(year, month));
        std::fprintf(stderr, "\r%zu of %zu months", month + 1, year.months);
    }
    std::fprintf(stderr, "\n");
    test::run_sql(url, "vacuum analyze simsync.change_event");
    return url;
}

double seconds_of(const std::string& url, const std::string& sql)
{
    const auto start = std::chrono::steady_clock::now();
    test::run_sql(url, sql);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_answers(const std::string& url)
{
    std::printf("| | ms |\n|---|---|\n");
    for (const auto& [name, sql] : questions)
    {
        std::vector<double> times;
        for (std::size_t i = 0; i < repetitions; ++i)
            times.push_back(seconds_of(url, sql));
        std::printf("| %s | %.1f |\n", name, 1000 * median(times));
    }
}

// As psql shows it.
std::string plan_of(const std::string& url, const std::string& sql)
{
    const auto connection = test::connect(url);
    const std::unique_ptr<PGresult, decltype(&PQclear)> rows{
        PQexec(connection.get(), ("explain (analyze, costs off, summary off) " + sql).c_str()), &PQclear};
    std::string plan;
    for (int row = 0; row < PQntuples(rows.get()); ++row)
        plan.append(PQgetvalue(rows.get(), row, 0)).append(1, '\n');
    return plan;
}

void print_plans(const std::string& url)
{
    for (const auto& [name, sql] : questions)
        std::printf("\n%s\n\n```\n%s```\n", name, plan_of(url, sql).c_str());
}

int bench(const Year& year)
{
    const auto url = a_year(year);
    std::printf(
        "\n%zu months, %zu SIMs, %s events, %s on disk; connecting included, medians of %zu\n\n", year.months,
        year.sims, test::run_sql(url, "select count(*) from simsync.change_event").c_str(),
        test::run_sql(url, "select pg_size_pretty(pg_database_size(current_database()))").c_str(),
        repetitions);
    print_answers(url);
    print_plans(url);
    return 0;
}

} // namespace
} // namespace simsync::bench

int main(int argc, char** argv)
{
    try
    {
        const bool quick = argc == 2 && std::string_view(argv[1]) == "--quick";
        if (argc > 1 && !quick)
        {
            std::fputs("usage: bench_year [--quick]\n", stderr);
            return 64;
        }
        return simsync::bench::bench(quick ? simsync::bench::quick : simsync::bench::Year{});
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "bench_year: %s\n", error.what());
        return 1;
    }
}
