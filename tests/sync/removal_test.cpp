#include "sync/mirroring.hpp"

namespace simsync
{
namespace
{

using test::Mirroring;
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

TEST(Removal, what_is_gone_is_proven_gone_and_keeps_its_row)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 250, 3);
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 3);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where removed_at is not null"), "3");
    EXPECT_THAT(mirroring.told(), HasSubstr("sim.removed sim.removed sim.removed"));
    EXPECT_EQ(mirroring.sweep().record.removed, 0);
}

TEST(Removal, a_sim_that_comes_back_is_restored)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    std::optional<simulator::Simcard> away;
    mirroring.server().with_fleet([&](simulator::Fleet& fleet) { away = fleet.remove(fleet.at(9).id); });
    mirroring.sweep();
    mirroring.server().with_fleet([&](simulator::Fleet& fleet) { fleet.add(std::move(*away)); });
    mirroring.sweep();
    EXPECT_THAT(mirroring.told(), HasSubstr("sim.removed sim.restored"));
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where removed_at is not null"), "0");
}

TEST(Removal, a_wave_is_held_and_told_once)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 100, 250);
    EXPECT_EQ(mirroring.sweep().held, 250);
    EXPECT_EQ(mirroring.sweep().held, 250);
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where removed_at is not null"), "0");
    EXPECT_EQ(mirroring.sql("select held_removals from simsync.account"), "250");
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.change_event where kind = 'account.removals_held'"),
              "1");
}

TEST(Removal, an_empty_list_removes_nothing_and_is_held)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    remove_from(mirroring, 0, 500);
    const auto report = mirroring.sweep();
    EXPECT_EQ(report.record.removed, 0);
    EXPECT_EQ(report.held, 500);
    EXPECT_THAT(mirroring.told(), Not(HasSubstr("sim.removed")));
}

TEST(Removal, a_change_of_what_is_mirrored_is_a_new_baseline)
{
    Mirroring mirroring{fleet_of(500)};
    mirroring.sweep();
    mirroring.options().scope_text = R"([{"field":"profile","comparator":"EQ","value":"S1"}])";
    mirroring.options().scope = {{"profile", Comparator::eq, std::string("S1"), Joint::all}};
    mirroring.lead();
    EXPECT_TRUE(mirroring.sweep().record.baseline);
    EXPECT_THAT(mirroring.told(), Not(HasSubstr("sim.removed")));
}

} // namespace
} // namespace simsync
