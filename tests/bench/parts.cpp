// The parts that every SIM passes through, each alone: decode, fingerprint, diff, the fleet's memory, the
// walk.
#include "api/decode.hpp"
#include "api/fingerprint.hpp"
#include "model/diff.hpp"
#include "model/fleet.hpp"
#include "model/sweep.hpp"
#include "simulator/population.hpp"
#include "simulator/service.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <limits>

namespace simsync
{
namespace
{

constexpr std::size_t sims_a_page = 1000;
constexpr std::size_t sims_a_fleet = 100'000;

// The document is written out here, for a client's own is none of the simulator's business.
constexpr std::string_view request_body =
    R"({"query":"{ simcards(pagination: {offset: 0, limit: 1000}, sort: [{field: \"id\", order: ASC}]) { items {)"
    R"( id iccidPlastic simId isBlocked allowFreeCallerIdChange allowFreeVoiceSubstitution)"
    R"( resource { balance dataBalance } fmcs { msisdn } callerIds { msisdn } externalMsisdns { msisdn })"
    R"( currentTariff { name packageTotalCallsMaxDuration tariffType } profile description latestActivity)"
    R"( tariffExpiresAt imei { imei imeiIsCorrect } isArchived } count } }"})";

const std::string& page_text()
{
    static const std::string text = []
    {
        const simulator::Instant now{std::chrono::hours{24 * 365 * 56}};
        simulator::Service service{{}};
        simulator::populate(service.fleet(), sims_a_page, 1, now);
        const auto token = service.tokens().issue(now).access.text;
        return service.answer({"POST", "/partner/graphql", "Bearer " + token, std::string{request_body}}, now)
            .body;
    }();
    return text;
}

const Page& page()
{
    static const Page decoded = *decode_list(page_text(), sims_a_page);
    return decoded;
}

std::string id_of(std::size_t number)
{
    return std::to_string(10'000'000 + number);
}

Fleet fleet()
{
    Fleet fleet;
    fleet.reserve(sims_a_fleet);
    for (std::size_t i = 0; i < sims_a_fleet; ++i)
        fleet.remember(id_of(i), {i, i});
    return fleet;
}

void count_sims(benchmark::State& state, std::size_t a_round)
{
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(a_round));
}

void decode_a_page(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(decode_list(page_text(), sims_a_page));
    count_sims(state, sims_a_page);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page_text().size()));
}
BENCHMARK(decode_a_page);

// As a first load does.
void decode_a_new_page(benchmark::State& state)
{
    std::string text = page_text();
    for (auto _ : state)
        benchmark::DoNotOptimize(decode_new_list(text, sims_a_page, std::numeric_limits<std::size_t>::max()));
    count_sims(state, sims_a_page);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page_text().size()));
}
BENCHMARK(decode_a_new_page);

void fingerprint_a_page(benchmark::State& state)
{
    for (auto _ : state)
        for (const auto& seen : page().items)
            benchmark::DoNotOptimize(fingerprint(seen.sim));
    count_sims(state, sims_a_page);
}
BENCHMARK(fingerprint_a_page);

void diff_a_page_of_equals(benchmark::State& state)
{
    for (auto _ : state)
        for (const auto& seen : page().items)
            benchmark::DoNotOptimize(diff(seen.sim, seen.sim));
    count_sims(state, sims_a_page);
}
BENCHMARK(diff_a_page_of_equals);

void diff_a_page_of_strangers(benchmark::State& state)
{
    const auto& items = page().items;
    for (auto _ : state)
        for (std::size_t i = 1; i < items.size(); ++i)
            benchmark::DoNotOptimize(diff(items[i - 1].sim, items[i].sim));
    count_sims(state, sims_a_page - 1);
}
BENCHMARK(diff_a_page_of_strangers);

void remember_a_fleet(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(fleet());
    count_sims(state, sims_a_fleet);
}
BENCHMARK(remember_a_fleet)->Unit(benchmark::kMillisecond);

void find_in_a_fleet(benchmark::State& state)
{
    const auto known = fleet();
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < sims_a_fleet; ++i)
        ids.push_back(id_of(i));
    for (auto _ : state)
        for (const auto& id : ids)
            benchmark::DoNotOptimize(known.find(id));
    count_sims(state, sims_a_fleet);
}
BENCHMARK(find_in_a_fleet)->Unit(benchmark::kMillisecond);

// One page of known SIMs joins the walk, as nearly every page does.
void walk_a_known_page(benchmark::State& state)
{
    Fleet known;
    for (const auto& seen : page().items)
        known.remember(seen.sim.id, seen.fingerprint);
    std::uint32_t number = 0;
    for (auto _ : state)
    {
        state.PauseTiming();
        auto answer = page();
        Sweep sweep{known, ++number, {sims_a_page, 1, 3}};
        const auto request = sweep.next();
        state.ResumeTiming();
        benchmark::DoNotOptimize(sweep.accept(*request, std::move(answer)));
    }
    count_sims(state, sims_a_page);
}
BENCHMARK(walk_a_known_page);

} // namespace
} // namespace simsync
