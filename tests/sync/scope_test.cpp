// A filter that changes: nobody is told who leaves and comes with it, and the past stays what it was.
#include "sync/mirroring.hpp"

#include <string>
#include <utility>
#include <vector>

namespace simsync
{
namespace
{

using simulator::Decimal;
using simulator::Simcard;
using test::Mirroring;
using testing::HasSubstr;
using testing::Not;

class Scoped : public testing::Test
{
protected:
    static simulator::ServerOptions few()
    {
        simulator::ServerOptions options;
        options.sims = 0;
        return options;
    }

    Scoped()
    {
        mirroring.options().guard = {.fraction = 1.0, .minimum = 1000};
        for (int i = 1; i <= 12; ++i)
            put(i, i % 2 == 0 ? "S1" : "S2", "10");
    }

    void put(int number, const std::string& profile, const std::string& balance)
    {
        mirroring.server().with_fleet(
            [&](simulator::Fleet& fleet)
            {
                Simcard sim;
                sim.id = std::to_string(number);
                fleet.add(std::move(sim));
            });
        change(number, profile, balance);
    }

    void change(int number, const std::string& profile, const std::string& balance)
    {
        mirroring.server().with_fleet(
            [&](simulator::Fleet& fleet)
            {
                fleet.update(
                    std::to_string(number),
                    [&](Simcard& sim)
                    {
                        sim.profile = profile;
                        sim.balance = Decimal::parse(balance);
                    });
            });
    }

    // Somebody restarts simsync with this filter; empty: none.
    void restart_with(const std::string& profile)
    {
        auto& options = mirroring.options();
        options.scope.clear();
        if (!profile.empty())
            options.scope.push_back({"profile", Comparator::eq, profile, Joint::all});
        mirroring.mirror_options().scope_text = '[' + profile + ']';
        mirroring.lead();
    }

    void sweep()
    {
        ASSERT_EQ(mirroring.sweep().record.outcome, Outcome::complete);
        moments.emplace_back(mirroring.sql("select clock_timestamp()"), fleet("simsync.sim_current"));
    }

    std::string fleet(const std::string& relation)
    {
        return mirroring.sql(
            "select coalesce(string_agg(concat_ws(':', id, profile, balance, is_blocked), ' ' order by id), "
            "'none') from " +
            relation);
    }

    // SIMs of which a `before` is not what the event before it left.
    std::string broken()
    {
        return mirroring.sql(R"(
            with step as (
                select e.seq, e.sim, b.key, b.value as before, e.after -> b.key as after, false as first
                  from simsync.change_event e cross join lateral jsonb_each(e.before) b where e.sim is not null
                union all
                select e.seq, e.sim, a.key, null, a.value, true
                  from simsync.change_event e cross join lateral jsonb_each(e.after) a
                 where e.sim is not null and e.before is null
                   and e.kind in ('sim.added', 'sim.restored')),
            followed as (
                select *, lag(after) over (partition by sim, key order by seq) as left_behind from step)
            select coalesce(string_agg(distinct sim || ' ' || key, ', '), '') from followed
             where not first and left_behind is not null and left_behind is distinct from before)");
    }

    Mirroring mirroring{few()};
    std::vector<std::pair<std::string, std::string>> moments; // when, and the fleet of then
};

TEST_F(Scoped, ThePastIsWhatItWasAndEveryChainIsWhole)
{
    sweep();
    change(1, "S2", "9");
    sweep();
    restart_with("S1");
    change(2, "S1", "8");
    sweep(); // the odd ones leave
    change(1, "S2", "3");
    change(3, "S1", "7"); // comes into the filter
    change(4, "S2", "7"); // leaves it
    sweep();
    change(4, "S1", "6"); // and comes back
    sweep();
    sweep();
    restart_with("S2");
    sweep();
    change(5, "S2", "1");
    sweep();
    restart_with("");
    sweep();
    change(1, "S2", "20");
    change(6, "S1", "20");
    sweep();
    for (const auto& [when, fleet_of_then] : moments)
        EXPECT_EQ(fleet("simsync.sim_as_of('" + when + "')"), fleet_of_then) << when;
    EXPECT_EQ(broken(), "");
    EXPECT_THAT(mirroring.emitted(), HasSubstr("account.baselined"));
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.change_event where kind = 'sim.added'"), "0");
    EXPECT_EQ(
        mirroring.sql("select count(*) from simsync.sim where left_scope or removed_at is not null"), "0");
}

TEST_F(Scoped, WhoLeavesWithAFilterIsNoWaveAndNoNews)
{
    sweep();
    restart_with("S1");
    sweep();
    EXPECT_THAT(mirroring.emitted(), Not(HasSubstr("sim.removed")));
    EXPECT_EQ(mirroring.sql("select count(*) from simsync.sim where left_scope"), "6");
    restart_with("");
    sweep();
    EXPECT_THAT(mirroring.emitted(), Not(HasSubstr("sim.")));
}

} // namespace
} // namespace simsync
