// bench_console [--quick]: what the console asks of the database, one question after the other as one session
// asks them, and then over HTTP: 1,000,000 SIMs and 6 million events of a year, made by SQL.
#include "bench/console_http.hpp"
#include "bench/ground.hpp"
#include "bench/measure.hpp"
#include "store/csv.hpp"
#include "store/fleet_reader.hpp"
#include "store/search_index.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync::bench
{
namespace
{

using SteadyClock = std::chrono::steady_clock;

struct Size
{
    std::size_t sims = 1'000'000;
    std::size_t events_a_month = 500'000;
    std::size_t months = 12;
    std::size_t repetitions = 7;
    Looks looks = {};
};

// Small enough for CI: that it is answered, not how fast.
constexpr Size quick{2'000, 1'000, 2, 1, {1, 2, 1'000, 1, 1}};

// Answers are waited for as long as they take: the bench tells how long that is.
constexpr std::chrono::minutes patience{5};

std::string replaced(std::string text, std::string_view name, std::size_t value)
{
    const auto digits = std::to_string(value);
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + digits.size()))
        text.replace(at, name.size(), digits);
    return text;
}

// 5 % low, 1 % spent, 2 % blocked, 3 % in another device, 1 % archived; tariffs that end within the next and
// last months.
std::string fleet(const Size& size)
{
    return replaced(
        R"(
        insert into simsync.ledger (account, endpoint, balance_low, baselined_at) values ('main', 'https://api.example', 5, now());
        insert into simsync.sim (account, id, iccid_plastic, sim_id, is_blocked, balance, data_balance, caller_ids,
                                 external_msisdns, fmcs, tariff_name, tariff_type, profile, description, latest_activity,
                                 tariff_expires_at, imei, imei_is_correct, is_archived, first_seen_at, changed_at, fingerprint)
        select 'main', (10000000 + k)::text, '8997201' || lpad((k::bigint * 7919 % 1000000000000)::text, 12, '0'),
               (70000000 + k)::text, k % 50 = 0,
               case when k % 100 = 0 then -1.2 when k % 20 = 0 then 3.4 else 10 + k % 90 end, k % 40,
               array[(37250000000 + k)::text], case when k % 10 = 0 then array[(37260000000 + k)::text] else '{}' end,
               case when k % 20 = 0 then array[(48000 + k)::text] else '{}' end, 'Package ' || k % 9,
               case when k % 10 = 0 then 'POSTPAID_MINUTE' else 'PREPAID_PACKAGE' end, 'S' || k % 3,
               (array['GPS tracker', 'Alarm panel', 'Kiosk', 'Käufer & Söhne GmbH', 'Elevator'])[1 + k % 5] || ' #' || k,
               now() - (k::bigint * 31 % 2000) * interval '1 hour', now() + ((k::bigint * 17 % 70) - 3) * interval '1 day',
               (350000000000000 + k::bigint * 104729 % 900000000)::text, k % 33 > 0, k % 100 = 7,
               now() - interval '400 days', now(), gen_random_uuid()
          from generate_series(1, :sims) k;
        insert into simsync.condition (account, sim, condition, raised_at)
        select account, id, 'balance.low', now() - interval '2 days' from simsync.sim where balance < 5)",
        ":sims", size.sims);
}

// Seven of ten are balances, as they are seen to be.
std::string month_of_events(const Size& size, std::size_t month)
{
    auto sql = replaced(
        R"(
        insert into simsync.change_event (account, seq, kind, severity, sim, iccid_plastic, observed_at, previous_observed_at,
                                          recorded_at, before, after, cause, sweep_id)
        select 'main', g, kind, case kind when 'tariff.expired' then 'critical' when 'balance.depleted' then 'critical'
                                          when 'sim.blocked' then 'warning' when 'balance.low' then 'warning' else 'info' end,
               (10000000 + k)::text, '8997201' || k, at, at - interval '1 minute', at + interval '1 second',
               case when kind like 'balance.%' then jsonb_build_object('balance', (40 - g % 20)::text) else '{"profile": "S1"}' end,
               case when kind like 'balance.%' then jsonb_build_object('balance', (39.5 - g % 20)::text) else '{"profile": "S2"}' end,
               'sweep', g / 100
          from generate_series(:first::bigint, :last) g,
       lateral (select now() - (:total - g) * interval '30 days' / :a_month as at, 1 + g * 7919 % :sims as k) t,
       lateral (select case when g % 10 < 7 then 'balance.changed' when g % 1000 = 7 then 'tariff.expired'
                            when g % 1000 = 17 then 'balance.depleted' when g % 100 = 28 then 'sim.blocked'
                            when g % 100 = 38 then 'balance.low' when g % 10 = 9 then 'tariff.changed'
                            else 'attributes.changed' end as kind) w)",
        ":first", month * size.events_a_month + 1);
    sql = replaced(std::move(sql), ":last", (month + 1) * size.events_a_month);
    sql = replaced(std::move(sql), ":total", size.months * size.events_a_month);
    sql = replaced(std::move(sql), ":a_month", size.events_a_month);
    return replaced(std::move(sql), ":sims", size.sims);
}

std::string filled_database(const Size& size)
{
    const auto url = cluster().mirror_database();
    test::run_sql(url, fleet(size));
    for (std::size_t month = 0; month <= size.months; ++month)
        test::run_sql(
            url,
            "select simsync.ensure_partitions(now() - interval '" + std::to_string(month * 30) + " days')");
    for (std::size_t month = 0; month < size.months; ++month)
    {
        test::run_sql(url, month_of_events(size, month));
        std::fprintf(stderr, "\r%zu of %zu months", month + 1, size.months);
    }
    std::fprintf(stderr, "\n");
    test::run_sql(url, "update simsync.ledger set last_seq = (select max(seq) from simsync.change_event)");
    test::run_sql(url, "select simsync.make_index_of_deadlines()"); // as the daemon does after a first load
    for (const char* table : {"change_event", "sim", "condition"})
        test::run_sql(url, "vacuum analyze simsync." + std::string(table));
    return url;
}

class Table
{
public:
    explicit Table(std::size_t repetitions) : repetitions_(repetitions) {}

    void row(const std::string& what, const std::function<std::size_t()>& ask) const
    {
        std::vector<double> times;
        std::size_t items = 0;
        for (std::size_t i = 0; i < repetitions_; ++i)
        {
            const auto start = SteadyClock::now();
            items = ask();
            times.push_back(std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count());
        }
        std::printf(
            "| %s | %.1f | %.1f | %zu |\n", what.c_str(), median(times), percentile(times, 1.0), items);
        std::fflush(stdout);
    }

private:
    std::size_t repetitions_;
};

SimQuestion sims_in(SimState state, SimSort sort = SimSort::id, bool falling = false)
{
    SimQuestion question;
    question.account = "main";
    question.state = state;
    question.sort = sort;
    question.falling = falling;
    return question;
}

void measure_lists(FleetReader& reader, const Table& table, const Size& size)
{
    const auto list = [&](const std::string& name, const SimQuestion& question)
    { table.row(name, [&, question] { return reader.sims(question).items.size(); }); };
    list("SIMs: the first page", sims_in(SimState::all));
    auto far = sims_in(SimState::all);
    far.after = SimKey{std::nullopt, "main", std::to_string(10000000 + size.sims * 7 / 10)};
    list("SIMs: a page at seven tenths of the list", far);
    list("blocked", sims_in(SimState::blocked));
    list("low", sims_in(SimState::low));
    list("archived", sims_in(SimState::archived));
    list("removed, of which there are none", sims_in(SimState::removed));
    list("run out within 7 days", sims_in(SimState::runs_out));
    list("ending, the next first", sims_in(SimState::ending, SimSort::tariff_expires_at));
    list("low, by balance", sims_in(SimState::low, SimSort::balance));
    list("all, by balance", sims_in(SimState::all, SimSort::balance));
    list("all, the latest activity first", sims_in(SimState::all, SimSort::latest_activity, true));
    auto nobodys = sims_in(SimState::all);
    nobodys.tariff = "nobody's";
    list("a tariff that nobody has", nobodys);
}

void measure_one_sim(FleetReader& reader, const Table& table)
{
    table.row("one SIM", [&] { return reader.sim("main", "10000420").has_value() ? 1 : 0; });
    table.row(
        "its balances and forecast",
        [&] {
            return reader.balances({"main", "10000420", {}, {}, 2000})->steps.size();
        });
}

void measure_events(FleetReader& reader, const Table& table)
{
    const auto list = [&](const std::string& name, const EventQuestion& question)
    { table.row(name, [&, question] { return reader.events(question, 50).items.size(); }); };
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    list("events: the newest", {});
    EventQuestion question;
    question.but = {Kind::balance_changed, Kind::data_balance_changed};
    list("events without balances", question);
    question.severities = {Severity::critical};
    list("critical events", question);
    question = {};
    question.kinds = {Kind::account_degraded};
    list("events of a kind that never came", question);
    question = {};
    question.sim = "10000420";
    list("one SIM's events", question);
    question = {};
    question.until = now - std::chrono::days{180};
    list("events of half a year ago", question);
}

void measure_counts(FleetReader& reader, const Table& table)
{
    table.row("how the accounts stand", [&] { return reader.accounts().size(); });
    table.row("counting for the overview", [&] { return reader.overview().counts.size(); });
}

void measure_search(FleetReader& reader, const Table& table, const Size& size, const std::string& how)
{
    const auto number = 37250000000 + size.sims / 2;
    for (const auto& [what, words] :
         {std::pair<std::string, std::string>{"six digits", std::to_string(number).substr(5)},
          {"a whole number", std::to_string(number)},
          {"a word that many have", "käufer"},
          {"a word and its number", "elevator " + std::to_string(size.sims - 1)},
          {"what nobody has", "nowhere"}})
    {
        auto question = sims_in(SimState::all);
        question.words = words;
        table.row("search, " + how + ": " + what, [&] { return reader.sims(question).items.size(); });
    }
}

std::size_t bytes_of_csv(const std::string& url)
{
    CsvExport csv(url, sims_in(SimState::all), patience);
    std::size_t bytes = 0;
    while (const auto piece = csv.next())
        bytes += piece->size();
    return bytes;
}

int bench(const Size& size)
{
    const auto url = filled_database(size);
    std::printf(
        "\n%zu SIMs, %zu events, %s on disk; %zu repetitions\n\n", size.sims,
        size.months * size.events_a_month,
        test::run_sql(url, "select pg_size_pretty(pg_database_size(current_database()))").c_str(),
        size.repetitions);
    std::printf("| | ms, median | ms, longest | rows |\n|---|---|---|---|\n");
    const Table table(size.repetitions);
    {
        FleetReader reader(url, patience);
        measure_lists(reader, table, size);
        measure_one_sim(reader, table);
        measure_events(reader, table);
        measure_counts(reader, table);
        measure_search(reader, table, size, "no index");
    }
    const Table once(1);
    once.row("all SIMs as CSV, bytes", [&] { return bytes_of_csv(url); });
    once.row(
        "simsync migrate --search",
        [&]
        {
            build_search_index(url, [](const IndexProgress&) {});
            return 1;
        });
    FleetReader reader(url, patience);
    measure_search(reader, table, size, "indexed");
    measure_http(url, size.looks);
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
            std::fputs("usage: bench_console [--quick]\n", stderr);
            return 64;
        }
        return simsync::bench::bench(quick ? simsync::bench::quick : simsync::bench::Size{});
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "bench_console: %s\n", error.what());
        return 1;
    }
}
