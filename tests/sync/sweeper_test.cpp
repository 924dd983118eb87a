#include "sync/mirroring.hpp"

namespace simsync
{
namespace
{

using simulator::Decimal;
using simulator::Simcard;
using test::Mirroring;
using testing::ElementsAre;
using testing::HasSubstr;

simulator::ServerOptions fleet_of(std::size_t sims)
{
    simulator::ServerOptions options;
    options.sims = sims;
    return options;
}

std::string id_at(Mirroring& mirroring, std::size_t position)
{
    std::string id;
    mirroring.server().with_fleet([&](simulator::Fleet& fleet) { id = fleet.at(position).id; });
    return id;
}

void change(Mirroring& mirroring, const std::string& id, const std::function<void(Simcard&)>& how)
{
    mirroring.server().with_fleet([&](simulator::Fleet& fleet) { fleet.update(id, how); });
}

TEST(Sweeper, TheFirstCompleteSweepIsABaselineOfEverySim)
{
    Mirroring mirroring{fleet_of(1'234)};
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.outcome, Outcome::complete);
    EXPECT_TRUE(report.record.baseline);
    EXPECT_EQ(report.record.added, 1'234);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim"), "1234");
    EXPECT_EQ(
        mirroring.sql("select count(*) from simsync.change_event where kind = 'account.baselined'"), "1");
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.change_event where kind = 'sim.added'"), "0");
}

TEST(Sweeper, TheBaselineTellsInOneDigestWhatStoodBefore)
{
    Mirroring mirroring{fleet_of(20)};
    mirroring.mirror_options().warnings = {std::chrono::hours{24}};
    for (std::size_t i = 0; i < 20; ++i)
        change(
            mirroring, id_at(mirroring, i),
            [i](Simcard& sim)
            {
                sim.is_blocked = i < 3;
                sim.balance = Decimal::parse(i == 4 ? "-1" : "10");
                sim.tariff_expires_at.reset();
            });
    mirroring.sweep();
    EXPECT_EQ(
        mirroring.sql("select after from simsync.change_event where kind = 'account.baselined'"),
        R"({"sims": 20, "balance.low": 1, "sim.blocked": 3, "balance.depleted": 1})");
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.change_event where standing"), "2");
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.standing_condition where standing"), "4");
}

TEST(Sweeper, AnUnchangedFleetWritesItsSweepRowAndNothingElse)
{
    Mirroring mirroring{fleet_of(1'000)};
    mirroring.sweep();
    const std::string rows =
        "select md5(string_agg(id || xmin::text || ctid::text, ',' order by id)) from simsync.sim";
    const auto before = mirroring.sql(rows);
    const auto ledger =
        mirroring.sql("select md5(string_agg(xmin::text || ctid::text, ',')) from simsync.ledger");
    const auto events = mirroring.emitted();

    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.outcome, Outcome::complete);
    EXPECT_EQ(report.record.unchanged, 1'000);
    EXPECT_EQ(mirroring.sql(rows), before);
    EXPECT_EQ(
        mirroring.sql("select md5(string_agg(xmin::text || ctid::text, ',')) from simsync.ledger"), ledger);
    EXPECT_EQ(mirroring.emitted(), events);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sweep"), "2");
}

TEST(Sweeper, NewDeadlinesAreToBeLookedForOnceAFirstLoadIsThrough)
{
    Mirroring mirroring{fleet_of(1'000)};
    std::vector<std::string> rows_by_then;
    mirroring.new_deadlines() = [&]
    { rows_by_then.push_back(mirroring.sql("select count(*) from simsync.sim")); };
    mirroring.sweep();
    EXPECT_THAT(rows_by_then, ElementsAre("1000"));
    mirroring.sweep();
    EXPECT_EQ(rows_by_then.size(), 1U) << "nothing is new";
    change(
        mirroring, id_at(mirroring, 7),
        [](Simcard& sim) { sim.tariff_expires_at = simulator::Instant{std::chrono::days{30'000}}; });
    mirroring.sweep();
    EXPECT_EQ(rows_by_then.size(), 2U);
}

TEST(Sweeper, AChangeBecomesARowAndItsEventInOneSweep)
{
    Mirroring mirroring{fleet_of(300)};
    const auto id = id_at(mirroring, 150);
    change(
        mirroring, id,
        [](Simcard& sim)
        {
            sim.balance = Decimal::parse("12.50");
            sim.is_blocked = false;
        });
    mirroring.sweep();
    const auto before = mirroring.sql("select last_seq from simsync.account");

    change(
        mirroring, id,
        [](Simcard& sim)
        {
            sim.balance = Decimal::parse("4.10");
            sim.is_blocked = true;
        });
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.changed, 1);
    EXPECT_EQ(
        mirroring.sql(
            "select balance || ' ' || is_blocked || ' ' || revision from simsync.sim where id = '" + id +
            "'"),
        "4.1 true 2");
    EXPECT_EQ(
        mirroring.sql(
            "select string_agg(kind, ' ' order by seq) from simsync.change_event where seq > " + before),
        "sim.blocked balance.changed balance.low");
    EXPECT_EQ(
        mirroring.sql("select before->>'balance' || ' ' || (after->>'balance') from simsync.change_event "
                      "where kind = 'balance.changed'"),
        "12.5 4.1");
}

TEST(Sweeper, NewSimsAreToldAfterTheBaseline)
{
    Mirroring mirroring{fleet_of(300)};
    mirroring.sweep();
    mirroring.server().with_fleet(
        [](simulator::Fleet& fleet)
        {
            Simcard sim = fleet.at(7);
            sim.id += "5";
            fleet.add(std::move(sim));
        });
    EXPECT_EQ(mirroring.sweep().record.added, 1);
    EXPECT_THAT(mirroring.emitted(), HasSubstr("sim.added"));
}

TEST(Sweeper, AfterARestartTheStoredRowsAreWhereItGoesOn)
{
    Mirroring mirroring{fleet_of(300)};
    mirroring.sweep();
    const auto events = mirroring.emitted();
    mirroring.lead();
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.unchanged, 300);
    EXPECT_FALSE(report.record.baseline);
    EXPECT_EQ(mirroring.emitted(), events);
}

TEST(Sweeper, AListThatChangesBetweenAnyTwoRequestsLosesNoSim)
{
    auto options = fleet_of(2'000);
    int requests = 0;
    options.service.on_request = [&requests](std::string_view operation, simulator::Fleet& fleet)
    {
        // Near the front, so that everything behind moves: two leave, or three come.
        if (operation == "simcards" && ++requests % 2 == 0 && fleet.size() > 100)
        {
            fleet.remove(fleet.at(3).id);
            fleet.remove(fleet.at(40).id);
        }
        else if (operation == "simcards")
            for (int i = 0; i < 3; ++i)
            {
                Simcard sim = fleet.at(static_cast<std::size_t>(i));
                sim.id += std::to_string(requests) + "x";
                fleet.add(std::move(sim));
            }
        return simulator::Fault{};
    };
    Mirroring mirroring{std::move(options)};
    std::vector<std::string> stable;
    mirroring.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            for (std::size_t i = 500; i < fleet.size(); ++i)
                stable.push_back(fleet.at(i).id);
        });
    const auto report = mirroring.sweep();
    ASSERT_EQ(report.record.outcome, Outcome::complete) << report.record.error.value_or("");
    std::string list;
    for (const auto& id : stable)
        list += (list.empty() ? "'" : ",'") + id + "'";
    EXPECT_EQ(
        mirroring.sql("select count(*) from simsync.sim where id in (" + list + ")"),
        std::to_string(stable.size()));
}

TEST(Sweeper, ATokenThatEndsInMidSweepIsRenewedOnceForAll)
{
    auto options = fleet_of(2'000);
    Mirroring mirroring{std::move(options)};
    mirroring.sweep();
    mirroring.server().revoke_tokens();
    const auto logins = mirroring.server().requests_served()["login"];
    EXPECT_EQ(mirroring.sweep().record.outcome, Outcome::complete);
    EXPECT_EQ(mirroring.server().requests_served()["login"], logins + 1);
}

TEST(Sweeper, AnApiThatIsAwayLeavesTheSweepIncompleteAndChangesNothing)
{
    Mirroring mirroring{fleet_of(200)};
    mirroring.sweep();
    mirroring.server().stop();
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.outcome, Outcome::incomplete);
    ASSERT_TRUE(report.last_failure);
    EXPECT_EQ(report.last_failure->kind, FailureKind::unreachable);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where removed_at is null"), "200");
}

// How often account.auth_failed is told of a sweep that ended so.
std::int64_t emitted_of(Mirroring& mirroring, FailureKind kind)
{
    SweepReport report;
    report.record.outcome = Outcome::failed;
    report.last_failure = Failure{.kind = kind, .what = "no"};
    return total(test::run(mirroring.io(), mirroring.mirror().emit_account_events(report)));
}

TEST(Sweeper, ARefusalThatComesAndGoesIsToldOnce)
{
    Mirroring mirroring{fleet_of(5)};
    mirroring.sweep();
    EXPECT_EQ(emitted_of(mirroring, FailureKind::unauthorized), 1);
    EXPECT_EQ(emitted_of(mirroring, FailureKind::unauthorized), 0);
    for (int i = 0; i < 3; ++i)
    {
        mirroring.sweep();
        EXPECT_EQ(emitted_of(mirroring, FailureKind::unauthorized), 0) << i;
    }
    mirroring.sweep();
    mirroring.lead(); // another process knows as much
    mirroring.sweep();
    EXPECT_EQ(emitted_of(mirroring, FailureKind::forbidden), 0);
    mirroring.sweep();
    mirroring.sweep();
    EXPECT_EQ(emitted_of(mirroring, FailureKind::unauthorized), 1);
}

TEST(Sweeper, WhatIsNoRefusalOfCredentialsIsNotToldAsOne)
{
    Mirroring mirroring{fleet_of(5)};
    mirroring.sweep();
    for (const auto kind : {FailureKind::token_refused, FailureKind::blocked, FailureKind::server_error})
        EXPECT_EQ(emitted_of(mirroring, kind), 0) << to_text(kind);
}

TEST(Sweeper, ALostDatabaseEndsTheSweepAndTheNextLeaseGoesOn)
{
    Mirroring mirroring{fleet_of(300)};
    mirroring.sweep();
    mirroring.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'simsync' "
                  "and datname = current_database()");
    EXPECT_THROW(mirroring.sweep(), DatabaseUnavailable);
    mirroring.lead();
    EXPECT_EQ(mirroring.sweep().record.outcome, Outcome::complete);
}

// Ids of one to three digits.
void fill(Mirroring& mirroring, int sims)
{
    mirroring.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            auto sim = fleet.at(0);
            for (int i = 1; i <= sims; ++i)
            {
                sim.id = std::to_string(i);
                fleet.add(sim);
            }
        });
}

TEST(Sweeper, ByKeyEverySimIsMirroredAndTheNextSweepWritesNothing)
{
    Mirroring mirroring{fleet_of(1'000)};
    mirroring.options().plan.pagination = Pagination::keyset;
    fill(mirroring, 999);
    for (const std::int64_t added : {1'999, 0})
    {
        const auto report = mirroring.sweep();
        EXPECT_EQ(report.record.outcome, Outcome::complete);
        EXPECT_EQ(report.record.added, added);
        EXPECT_EQ(report.record.items, 1'999);
        EXPECT_EQ(report.by_offset_because, "");
        EXPECT_GE(report.record.requests, 2 * 1'999 / 100);
    }
}

TEST(Sweeper, AnApiThatSortsAndComparesIdsByTwoRulesIsReadByOffset)
{
    auto options = fleet_of(1);
    options.id_sort = simulator::IdOrder::as_number;
    options.service.id_filter = simulator::IdOrder::as_text;
    Mirroring mirroring{options};
    mirroring.options().plan.pagination = Pagination::keyset;
    fill(mirroring, 999);
    for (const std::int64_t added : {1'000, 0})
    {
        const auto report = mirroring.sweep();
        EXPECT_EQ(report.record.outcome, Outcome::complete);
        EXPECT_EQ(report.record.added, added);
        EXPECT_EQ(report.record.removed, 0);
        EXPECT_THAT(report.by_offset_because, HasSubstr("sort"));
    }
}

} // namespace
} // namespace simsync
