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
#include <utility>
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
    {"balances of a day, by recorded_at",
     "select sim, balance from simsync.balance_history where recorded_at > now() - interval '1 day'"},
    {"balances of a day, by observed_at",
     "select sim, balance from simsync.balance_history where observed_at > now() - interval '1 day'"},
    {"who ran low this week",
     "select sim, min(observed_at) as low_since from simsync.change_event where kind = 'balance.low' "
     "and observed_at > now() - interval '7 days' group by sim order by low_since"},
    {"events of the last hour", "select kind, count(*) from simsync.change_event where recorded_at > now() - "
                                "interval '1 hour' group by kind"},
    {"spent yesterday, by tariff", "select tariff_name, sum(spent) from simsync.daily_spend where day = "
                                   "current_date - 1 group by tariff_name"},
    {"spent in a week, by tariff and day",
     "select day, tariff_name, sum(spent) from simsync.daily_spend where day >= current_date - 7 "
     "group by day, tariff_name"},
    {"the same by the days of another zone",
     "select day, tariff_name, sum(spent) from simsync.daily_spend('Europe/Tallinn', current_date - 7, "
     "current_date) "
     "group by day, tariff_name"},
    {"what one SIM spent each day of the year",
     "select day, spent from simsync.daily_spend where account = 'main' and sim = '10000042' order by day"},
    {"who runs out within 7 days",
     "select id, runs_out_at from simsync.balance_forecast where runs_out_at < now() + interval '7 days'"},
    {"when one SIM runs out",
     "select * from simsync.balance_forecast where account = 'main' and id = '10000042'"},
    {"how many had each tariff 100 days ago",
     "select tariff_name, count(*) from simsync.tariff_history "
     "where tstzrange(since, until) @> now() - interval '100 days' group by tariff_name"},
    {"the tariffs of one SIM",
     "select * from simsync.tariff_history where account = 'main' and sim = '10000042' order by since"},
    {"which SIM had a number when",
     "select * from simsync.number_history where number = '37250000042' order by since"},
    {"the numbers of one SIM",
     "select * from simsync.number_history where account = 'main' and sim = '10000042' order by since"},
    {"the last event of each SIM", "select sim, kind from simsync.last_event"},
    {"the last event of one SIM",
     "select * from simsync.last_event where account = 'main' and sim = '10000042'"},
    {"who is idle", "select id, idle from simsync.idle_sim order by idle desc"},
    {"one SIM as it was 300 days ago",
     "select * from simsync.sim_as_of(now() - interval '300 days', 'main', '10000042')"},
    {"the fleet as it was a week ago", "select count(*) from simsync.sim_as_of(now() - interval '7 days')"},
};

std::string replaced(std::string text, std::string_view name, const std::string& value)
{
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
    return text;
}

std::string fleet(const Year& year)
{
    return replaced(
        R"(
        insert into simsync.sim (account, id, iccid_plastic, balance, caller_ids, tariff_name, tariff_type,
                                 latest_activity, is_blocked, first_seen_at, changed_at, fingerprint)
        select 'main', (10000000 + k)::text, '8997201' || k, 10.30, array[(37250000000 + k)::text],
               'Package ' || k % 7, 'PREPAID_PACKAGE', now() - k % 2000 * interval '1 hour', k % 50 = 0,
               now() - interval '400 days', now(), gen_random_uuid()
          from generate_series(0, :sims - 1) k)",
        ":sims", std::to_string(year.sims));
}

// A month of events, evenly spread over time and SIMs. A SIM's events come in rounds, one of each SIM in
// each: balances that fall for 19 rounds and are topped up, one low and one recovered in 16, and in 80 rounds
// another tariff, a number that comes and goes, and of every hundredth SIM a removal and a return.
std::string month_of_events(const Year& year, std::size_t month)
{
    const auto events = year.events_an_hour * hours_a_month;
    std::string sql = R"(
        insert into simsync.change_event (account, seq, kind, severity, sim, iccid_plastic, observed_at,
                                          previous_observed_at, recorded_at, before, after, cause, sweep_id)
        select 'main', g, kind, case kind when 'balance.low' then 'warning' else 'info' end,
               (10000000 + k)::text, '8997201' || k, at, at - interval '1 minute', at + interval '1 second',
               case when kind in ('balance.low', 'balance.recovered') then null
                    when kind = 'tariff.changed' then jsonb_build_object('tariff_name', 'Package ' || (k + 1) % 7)
                    when kind = 'caller_id.attached' then jsonb_build_object('caller_ids', one_number)
                    when kind = 'caller_id.detached' then jsonb_build_object('caller_ids', two_numbers)
                    when kind = 'sim.removed' then '{"removed_at": null}'
                    when kind = 'sim.restored' then '{"removed_at": "2026-01-01T00:00:00Z"}'
                    else jsonb_build_object('balance', case round % 20 when 0 then '3.1'
                                                                      else (15.10 - 0.6 * (round % 20))::text end) end,
               case when kind = 'tariff.changed' then jsonb_build_object('tariff_name', 'Package ' || k % 7)
                    when kind = 'caller_id.attached' then jsonb_build_object('caller_ids', two_numbers)
                    when kind = 'caller_id.detached' then jsonb_build_object('caller_ids', one_number)
                    when kind = 'sim.removed' then '{"removed_at": "2026-01-01T00:00:00Z"}'
                    when kind = 'sim.restored' then '{"removed_at": null}'
                    else jsonb_build_object('balance', (14.50 - 0.6 * (round % 20))::text) end,
               'sweep', g / 100
          from generate_series(:first, :last) g,
       lateral (select now() - (:total - g) * interval '1 hour' / :events_an_hour as at,
                       g::bigint * 7919 % :sims as k, (g - 1) / :sims as round) t,
       lateral (select (k + round) % 80 as phase, jsonb_build_array((37250000000 + k)::text) as one_number,
                       jsonb_build_array((37250000000 + k)::text, (37260000000 + k)::text) as two_numbers) p,
       lateral (select case when phase = 0 then 'caller_id.attached' when phase = 40 then 'caller_id.detached'
                            when phase = 20 then 'tariff.changed'
                            when phase = 60 and k % 100 = 0 then 'sim.removed'
                            when phase = 61 and k % 100 = 0 then 'sim.restored'
                            when phase % 16 = 5 then 'balance.low' when phase % 16 = 6 then 'balance.recovered'
                            else 'balance.changed' end as kind) w)";
    for (const auto& [name, value] :
         {std::pair{":first", month * events + 1}, std::pair{":last", (month + 1) * events},
          std::pair{":total", year.months * events}, std::pair{":events_an_hour", year.events_an_hour},
          std::pair{":sims", year.sims}})
        sql = replaced(sql, name, std::to_string(value));
    return sql;
}

std::string a_year(const Year& year)
{
    const auto url = cluster().mirror_database();
    test::run_sql(
        url, "insert into simsync.ledger (account, endpoint, balance_low) values ('main', "
             "'https://api.example', 5)");
    test::run_sql(url, fleet(year));
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
    test::run_sql(url, "vacuum analyze simsync.sim");
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
