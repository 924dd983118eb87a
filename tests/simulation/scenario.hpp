// What one seed decides: the API's habits, the plan of the sweeps, and what goes wrong how often.
#pragma once

#include "model/removal.hpp"
#include "model/sweep.hpp"
#include "simsync/model/rules.hpp"

#include <cstdint>
#include <string>

namespace simsync::simulation
{

enum class Ids
{
    sorted_as_numbers,
    sorted_as_text,
};

enum class Count // what the answer's `count` tells
{
    total,
    page,
    missing,
    anything,
};

enum class ByList // how the API answers `id IN`
{
    honoured,
    ignored,    // the list as if there were no filter
    first_only, // as if it were EQ with the first value
    refused,
};

enum class ByOne // how the API answers simcard(id)
{
    honoured,
    knows_nothing, // always empty
    anything,      // some SIM, whichever was asked for
    refused,
};

enum class ByKey // how the API answers `id GT` and `id LTE`
{
    as_sorted,      // by the rule by which it sorts
    by_other_rule,  // numbers where it sorts text, and the other way round
    ignored,        // the list as if there were no filter
    never_descends, // as sorted, but always ascending
    refused,
};

enum class ByActivity // how the API answers questions for the newest `latestActivity`
{
    honoured,
    filters_only, // no sort by it
    sorts_only,   // the filter is ignored
    neither,
    refused,
};

// Shares of all answers.
struct FaultRates
{
    double failure = 0;
    double empty = 0;
    double cut_short = 0;
    double row_missing = 0;
    double row_twice = 0;
    double row_differing = 0; // twice in one answer, once as it was before
    double set_aside = 0;
};

struct Scenario
{
    std::uint64_t seed = 0;

    // The API and its list.
    std::size_t sims = 20; // at first
    Ids ids = Ids::sorted_as_numbers;
    bool ids_grow = false;         // new SIMs come at the list's end (as numbers)
    bool sorts = true;             // false: `sort` is ignored, every answer has an order of its own
    std::uint64_t cap = 1'000'000; // rows at most, whatever `limit` asks for
    Count count = Count::total;
    ByList by_list = ByList::honoured;
    ByOne by_one = ByOne::honoured;
    ByKey by_key = ByKey::as_sorted;
    ByActivity by_activity = ByActivity::honoured;
    std::size_t lag = 0; // an answer may come from a replica that is up to so many changes behind

    // What changes between two requests.
    double churn = 0;     // changes, on average
    double moves = 0.3;   // share of them that are SIMs coming and going
    double restless = 0;  // share of the changes that hit the same few SIMs over and over
    double burst = 0;     // chance that half the fleet leaves, or is back
    double illegible = 0; // chance that a SIM cannot be decoded from now on, or can again
    double active = 0;    // share of the changes that move `latestActivity`
    double clock_off = 0; // share of these that move it anywhere, and back as well
    double drift = 0;     // chance that the API knows no `description` any more

    FaultRates faults;
    // Lists lie twice in a row about the same SIM: then SIMs are missed, but never removed.
    bool wild = false;

    // The sweeper.
    SweepPlan plan{.page_size = 10, .in_flight = 2, .overlap = 3};
    Guard guard;
    AlertPolicy alert;
    int patience = 4;
    std::size_t piece = 5'000; // SIMs of a wave that one transaction writes

    // Its life.
    int sweeps = 5;
    double looks = 0;  // chance, for each sweep, that recent looks are taken beside it
    double beside = 0; // chance, for each sweep, that the expiry watcher, the watch or a person writes in it
    double crash = 0;  // chance, for each sweep, that the database connection is lost in it
    double conflict = 0; // chance, for each transaction, that it has to be run again
    double stop = 0;     // chance, for each sweep, that the process is told to stop in it
    double rescope = 0;  // chance, before each sweep, that another part of the list is mirrored
};

Scenario scenario_of(std::uint64_t seed);
std::string describe(const Scenario& scenario);

} // namespace simsync::simulation
