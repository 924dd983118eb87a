#include "simulation/mirror_oracle.hpp"

#include <algorithm>

namespace simsync::simulation
{
namespace
{

Sim without_description(Sim sim)
{
    sim.description.reset();
    return sim;
}

} // namespace

MirrorOracle::MirrorOracle(
    World& world, const SimulatedSource& source, const Database& database, const Scenario& scenario,
    Findings& findings)
    : world_(world),
      source_(source),
      database_(database),
      scenario_(scenario),
      findings_(findings)
{
}

void MirrorOracle::after_sweep(const SweepReport& report, bool stopped)
{
    findings_.saw("sweep " + std::string(to_text(report.record.outcome)));
    if (!report.by_offset_because.empty())
        findings_.saw("surprise by key");
    check_record(report);
    if (report.record.outcome != Outcome::complete)
        return;
    for (auto& card : world_.cards())
    {
        check_gone(report, card);
        check_sight(report, card, stopped);
    }
}

void MirrorOracle::check_record(const SweepReport& report) const
{
    const auto& record = report.record;
    if (record.requests != source_.tally().requests)
        findings_.complain(
            "the sweep counts " + std::to_string(record.requests) + " requests of " +
            std::to_string(source_.tally().requests));
    const auto emitted =
        std::ranges::count(database_.tables().events, std::optional(record.id), &Event::sweep_id);
    if (record.events != emitted)
        findings_.complain(
            "the sweep counts " + std::to_string(record.events) + " events of " + std::to_string(emitted));
    // One that saw nobody proves nothing, but a person hears of it.
    const auto thought_of = report.shows_nobody ? 0 : report.held + report.doubtful;
    if (record.outcome != Outcome::complete && record.removed + thought_of > 0)
        findings_.complain("an incomplete sweep removed SIMs, or thought of it");
    if (scenario_.sorts && record.error.value_or("").find("ignores the sort") != std::string::npos)
        findings_.complain("the API is said to ignore the sort");
}

const Row* MirrorOracle::row(const Card& card) const
{
    const auto found = database_.tables().sims.find(card.id);
    return found == database_.tables().sims.end() || found->second.removed_at ? nullptr : &found->second;
}

// What was away all the time is removed, unless a person has to decide or it could not be proven. simcard(id)
// knows no scope, and finds SIMs outside of it.
void MirrorOracle::check_gone(const SweepReport& report, const Card& card) const
{
    const bool kept = report.held + report.doubtful > 0 || world_.scope.profile;
    if (row(card) != nullptr && !kept && card.away_since(source_.tally().oldest, world_.scope))
        findings_.complain("SIM " + card.id + " is gone, and its row is not");
}

// A SIM that stays in the list is seen by every complete sweep.
void MirrorOracle::check_sight(const SweepReport& report, Card& card, bool stopped) const
{
    const auto& tally = source_.tally();
    const auto& said = card.in_sweep(tally.sweep);
    // Of an API that gives one row at a time no page shares a SIM with another: where replicas lag, too, a
    // SIM that comes and goes hides another behind it, and nothing tells.
    const bool by_single_rows = scenario_.lag > 0 && scenario_.cap == 1;
    if (!scenario_.sorts || scenario_.wild || by_single_rows || said.excused ||
        !card.stays_since(tally.oldest, world_.scope))
        return;
    const auto* stored = row(card);
    if (stored == nullptr)
        return findings_.complain("SIM " + card.id + " stays, and was missed");
    // Where all pages were believed, the newest reading is; but of a SIM whose clock went back, what a look
    // read before that stands until the next sweep.
    const auto& known = stored->observed.sim;
    const auto is_as_late = [&known](const ObservedSim* state)
    { return state != nullptr && state->sim.latest_activity >= known.latest_activity; };
    const bool newest = scenario_.lag == 0 && said.shown && !stopped && !tally.by_one_in_doubt &&
                        !tally.look_lied && report.record.pages == tally.pages &&
                        card.was_since(said.shown_last, is_as_late);
    if (!was_like(card, known, newest ? said.shown_last : tally.oldest))
        findings_.complain(
            "SIM " + card.id + " is not as it was " + (newest ? "shown last" : "at any time of the sweep"));
}

// The API may know no `description` for a while, and the row keeps what it had.
bool MirrorOracle::was_like(const Card& card, const Sim& sim, Version since) const
{
    return card.was_since(
        since,
        [&](const ObservedSim* state)
        {
            if (state == nullptr || scenario_.drift == 0)
                return state != nullptr && state->sim == sim;
            return without_description(state->sim) == without_description(sim);
        });
}

void MirrorOracle::at_rest(const SweepReport& report) const
{
    // That a fleet is gone altogether a person has to say.
    if (report.record.outcome != Outcome::complete && !report.shows_nobody)
        return findings_.complain(
            "a sweep at rest is " + std::string(to_text(report.record.outcome)) + ": " +
            report.record.error.value_or(""));
    std::int64_t extra = 0;
    for (const auto& card : world_.cards())
    {
        const auto* stored = row(card);
        const auto* now = world_.scope.cover(card.now());
        extra += stored != nullptr && now == nullptr ? 1 : 0;
        if (now != nullptr && report.shows_nobody)
            findings_.complain("SIM " + card.id + " is there, and the sweep at rest saw nobody");
        if (now != nullptr && (stored == nullptr || stored->observed.sim != now->sim))
            findings_.complain("SIM " + card.id + " differs at rest");
    }
    if (extra != report.held + report.doubtful && !world_.scope.profile)
        findings_.complain(std::to_string(extra) + " SIMs are gone and not removed at rest");
}

} // namespace simsync::simulation
