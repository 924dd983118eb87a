#include "api/fingerprint.hpp"
#include "store/decisions.hpp"
#include "sync/mirroring.hpp"

namespace simsync
{
namespace
{

using test::Mirroring;
using test::run;
using testing::HasSubstr;
using testing::Not;

simulator::ServerOptions fleet_of(std::size_t sims)
{
    simulator::ServerOptions options;
    options.sims = sims;
    return options;
}

void remove_from(Mirroring& mirroring, std::size_t position, std::size_t count)
{
    mirroring.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            for (std::size_t i = 0; i < count; ++i)
                fleet.remove(fleet.at(position).id);
        });
}

TEST(Removal, WhatIsGoneIsProvenGoneAndKeepsItsRow)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 250, 3);
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 3);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where removed_at is not null"), "3");
    EXPECT_THAT(mirroring.emitted(), HasSubstr("sim.removed sim.removed sim.removed"));
    EXPECT_EQ(mirroring.sweep().record.removed, 0);
}

TEST(Removal, ASimThatComesBackIsRestored)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    std::optional<simulator::Simcard> away;
    mirroring.server().with_fleet([&](simulator::Fleet& fleet) { away = fleet.remove(fleet.at(9).id); });
    mirroring.sweep();
    mirroring.server().with_fleet([&](simulator::Fleet& fleet) { fleet.add(std::move(*away)); });
    mirroring.sweep();
    EXPECT_THAT(mirroring.emitted(), HasSubstr("sim.removed sim.restored"));
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where removed_at is not null"), "0");
}

// How many SIMs went in each transaction, in the order of their events.
std::string pieces(Mirroring& mirroring)
{
    return mirroring.sql(
        "select string_agg(sims::text, ' ' order by first) from (select count(*) as sims, min(seq) as first "
        "from simsync.change_event where kind = 'sim.removed' group by recorded_at) piece");
}

TEST(Removal, AWaveGoesInPieces)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.options().guard.fraction = 1.0;
    mirroring.mirror_options().piece = 60;
    mirroring.sweep();
    remove_from(mirroring, 100, 150);
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 150);
    EXPECT_EQ(report.record.outcome, Outcome::complete);
    EXPECT_EQ(pieces(mirroring), "60 60 30");
    EXPECT_EQ(
        mirroring.sql("select removed || ' ' || events from simsync.sweep order by id desc limit 1"),
        "150 " + std::to_string(total(report.events)));
    EXPECT_EQ(mirroring.mirror().sims(), 350);
    EXPECT_EQ(mirroring.sweep().record.events, 0);
}

// Between two pieces: the API has it, whatever proved it gone.
TEST(Removal, WhoALookShowsBeforeItsPieceStays)
{
    Mirroring mirroring{fleet_of(10)};
    mirroring.sweep();
    const std::vector gone{
        mirroring.sql("select min(id) from simsync.sim"), mirroring.sql("select max(id) from simsync.sim")};
    SweepReport report;
    report.record = run(mirroring.io(), mirroring.mirror().begin_sweep());
    const auto looks_when_asked = mirroring.mirror().fleet().looks();
    ObservedSim shown;
    shown.sim.id = gone[1];
    shown.fingerprint = fingerprint(shown.sim);
    run(mirroring.io(),
        mirroring.mirror().commit_look({shown}, [](const ObservedSim&, const StoredSim&) { return true; }));
    std::span<const std::string> left = gone;
    run(mirroring.io(), mirroring.mirror().remove_piece(left, looks_when_asked, report));
    EXPECT_TRUE(left.empty());
    EXPECT_EQ(
        mirroring.sql("select string_agg(id, ' ') from simsync.sim where removed_at is not null"), gone[0]);
    EXPECT_EQ(report.record.removed, 1);
}

// The second piece's rows are refused: the first stays, with the sweep's row as it was then; whoever leads
// next finds what is left of what a person has decided of, and that covers it.
TEST(Removal, AWaveThatIsBrokenOffIsGoneOnWith)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.mirror_options().piece = 100;
    mirroring.sweep();
    remove_from(mirroring, 100, 250);
    mirroring.sweep();
    note_decision(mirroring.url(), "main", Decision::accepted);
    mirroring.sql("create function refuse_the_second() returns trigger language plpgsql as $$ begin "
                  "if (select count(*) from simsync.sim where removed_at is not null) > 100 then "
                  "raise exception 'enough for now'; end if; return null; end $$; "
                  "create trigger refuse_the_second after update on simsync.sim for each statement "
                  "execute function refuse_the_second()");
    EXPECT_THROW(mirroring.sweep(), StoreError);
    EXPECT_EQ(pieces(mirroring), "100");
    EXPECT_EQ(
        mirroring.sql("select outcome || ' ' || removed || ' ' || events from simsync.sweep order by id desc "
                      "limit 1"),
        "running 100 100");
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.held_removal where decision = 'accepted'"), "250");
    mirroring.sql("drop trigger refuse_the_second on simsync.sim");
    mirroring.lead();
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 150);
    EXPECT_EQ(report.lapsed, std::nullopt);
    EXPECT_EQ(pieces(mirroring), "100 100 50");
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.held_removal"), "0");
    EXPECT_THAT(mirroring.emitted(), testing::EndsWith("sim.removed account.removals_released"));
    EXPECT_EQ(mirroring.sweep().record.events, 0);
}

TEST(Removal, AWaveIsHeldAndToldOnce)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 100, 250);
    EXPECT_EQ(mirroring.sweep().held, 250);
    EXPECT_EQ(mirroring.sweep().held, 250);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where removed_at is not null"), "0");
    EXPECT_EQ(mirroring.sql("select held_removals from simsync.account"), "250");
    EXPECT_EQ(
        mirroring.sql("select count(*) from simsync.change_event where kind = 'account.removals_held'"), "1");
}

TEST(Removal, AnAcceptedWaveIsRemovedAndItsReleaseTold)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 100, 250);
    mirroring.sweep();
    EXPECT_EQ(note_decision(mirroring.url(), "main", Decision::accepted), 250);
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 250);
    EXPECT_EQ(report.held, 0);
    EXPECT_EQ(
        mirroring.sql("select cause || ' ' || (after->>'decision') from simsync.change_event where kind = "
                      "'account.removals_released'"),
        "operator accepted");
    EXPECT_EQ(mirroring.sql("select held_removals from simsync.account"), "0");
    EXPECT_EQ(mirroring.sweep().record.events, 0);
}

TEST(Removal, AnAcceptanceIsVoidOnceAnotherSimIsMissing)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 100, 250);
    mirroring.sweep();
    note_decision(mirroring.url(), "main", Decision::accepted);
    EXPECT_EQ(
        mirroring.sql("select string_agg(distinct decided_by, ' ') = session_user from simsync.held_removal"),
        "t");
    note_decision(mirroring.url(), "main", Decision::accepted, "anna");
    EXPECT_EQ(mirroring.sql("select string_agg(distinct decided_by, ' ') from simsync.held_removal"), "anna");
    remove_from(mirroring, 0, 1);
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.held, 251);
    EXPECT_EQ(report.lapsed, (LapsedDecision{Decision::accepted, "anna"}));
    const auto later = mirroring.sweep();
    EXPECT_EQ(later.record.removed, 0);
    EXPECT_EQ(later.lapsed, std::nullopt) << "it is told once";
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.held_removal where decision is null"), "251");
    EXPECT_EQ(
        mirroring.sql("select string_agg(concat_ws(' ', after->>'held_removals', after->>'lapsed', "
                      "after->>'lapsed_by'), ', ' order by seq) from simsync.change_event where kind = "
                      "'account.removals_held'"),
        "250, 251 accepted anna");
    EXPECT_EQ(
        mirroring.sql(
            "select count(*) || ' ' || count(lapsed) || ' ' || string_agg(distinct lapsed || ' ' || "
            "lapsed_by, ',') from simsync.held_removal where lapsed is null or lapsed_at is not null"),
        "251 250 accepted anna")
        << "the one that is new is in no decision that lapsed";
    const auto held = Reader{mirroring.url()}.held_removals("main");
    EXPECT_EQ(std::ranges::count(held, std::optional<std::string>("accepted"), &HeldRemoval::lapsed), 250);

    note_decision(mirroring.url(), "main", Decision::accepted, "ben"); // of all of them
    EXPECT_EQ(mirroring.sweep().record.removed, 251);
    EXPECT_THAT(mirroring.emitted(), testing::EndsWith("account.removals_released"));
}

// The others came back and one more is missing: so few that the guard lets them go.
TEST(Removal, ARejectionThatLapsesIsToldWhereItsSimsAreRemoved)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    std::vector<simulator::Simcard> away;
    mirroring.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            for (int i = 0; i < 30; ++i)
                away.push_back(*fleet.remove(fleet.at(100).id));
        });
    mirroring.sweep();
    note_decision(mirroring.url(), "main", Decision::rejected, "anna");
    mirroring.sweep(); // takes the rejection up
    mirroring.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            while (away.size() > 4)
            {
                fleet.add(std::move(away.back()));
                away.pop_back();
            }
            fleet.remove(fleet.at(0).id);
        });
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 5);
    EXPECT_EQ(report.lapsed, (LapsedDecision{Decision::rejected, "anna"}));
    EXPECT_EQ(
        mirroring.sql("select string_agg(concat_ws(' ', cause, after->>'decision', after->>'lapsed', "
                      "after->>'lapsed_by'), ', ' order by seq) from simsync.change_event where kind = "
                      "'account.removals_released'"),
        "operator rejected, sweep rejected anna");
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.held_removal"), "0");
}

TEST(Removal, ARejectedWaveKeepsItsRowsAndIsNotToldAgain)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    std::vector<simulator::Simcard> away;
    mirroring.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            for (int i = 0; i < 30; ++i)
                away.push_back(*fleet.remove(fleet.at(100).id));
        });
    mirroring.sweep();
    EXPECT_EQ(note_decision(mirroring.url(), "main", Decision::rejected), 30);
    mirroring.sweep();
    mirroring.lead(); // a new leader knows of it too
    const auto quiet = mirroring.sweep();
    EXPECT_EQ(quiet.held, 0);
    EXPECT_EQ(quiet.record.removed, 0);
    EXPECT_EQ(quiet.record.events, 0);
    EXPECT_THAT(mirroring.emitted(), HasSubstr("account.removals_held account.removals_released"));

    // All but a few come back: those are still not removed, although the guard would let so few go.
    mirroring.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            while (away.size() > 4)
            {
                fleet.add(std::move(away.back()));
                away.pop_back();
            }
        });
    EXPECT_EQ(mirroring.sweep().record.removed, 0);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.held_removal"), "4");
    EXPECT_THAT(mirroring.emitted(), Not(HasSubstr("sim.removed")));
}

TEST(Removal, AnEmptyListRemovesNothingAndIsHeld)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 0, 500);
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 0);
    EXPECT_EQ(report.held, 500);
    EXPECT_THAT(mirroring.emitted(), Not(HasSubstr("sim.removed")));
}

TEST(Removal, AListThatShowsNobodyOfAKnownFleetCompletesNoSweep)
{
    Mirroring mirroring{fleet_of(5)};
    mirroring.sweep();
    remove_from(mirroring, 0, 5);
    for (int i = 0; i < 2; ++i)
    {
        const auto report = mirroring.sweep();
        EXPECT_EQ(report.record.outcome, Outcome::incomplete);
        EXPECT_TRUE(report.shows_nobody);
        EXPECT_EQ(report.record.error, shows_nobody_error);
        EXPECT_EQ(report.held, 5);
    }
    EXPECT_EQ(note_decision(mirroring.url(), "main", Decision::accepted), 5);
    const auto accepted = mirroring.sweep();
    EXPECT_EQ(accepted.record.outcome, Outcome::complete);
    EXPECT_EQ(accepted.record.removed, 5);
    EXPECT_EQ(mirroring.sweep().record.outcome, Outcome::complete); // nobody is known any more
}

TEST(Removal, AChangeOfWhatIsMirroredIsANewBaseline)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    mirroring.mirror_options().scope_text = R"([{"field":"profile","comparator":"EQ","value":"S1"}])";
    mirroring.options().scope = {{"profile", Comparator::eq, std::string("S1"), Joint::all}};
    mirroring.lead();
    const auto narrowed = mirroring.sweep();
    EXPECT_TRUE(narrowed.record.baseline);
    EXPECT_EQ(narrowed.held, 0);
    EXPECT_EQ(
        mirroring.sql("select count(*) from simsync.sim_current where profile is distinct from 'S1'"), "0");

    mirroring.mirror_options().scope_text = "[]";
    mirroring.options().scope.clear();
    mirroring.lead();
    mirroring.sweep();
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim_current"), "500");
    EXPECT_EQ(
        mirroring.sql("select count(*) from simsync.change_event where kind like 'sim.%' or kind like "
                      "'account.removals%'"),
        "0");
}

} // namespace
} // namespace simsync
