// `simsync events`: the change log on a terminal and in a pipe.
#include "e2e/setting.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

class Events : public testing::Test
{
protected:
    // A baseline, then one SIM that is blocked and poorer, and one that is new.
    Events()
    {
        setting.change(3,
                       [this](simulator::Simcard& sim)
                       {
                           sim.is_blocked = false;
                           sim.balance = simulator::Decimal::parse("12.50");
                           id = sim.id;
                       });
        setting.run({"sync"});
        baseline = setting.sql("select last_seq from simsync.account");
        setting.change(3,
                       [](simulator::Simcard& sim)
                       {
                           sim.is_blocked = true;
                           sim.balance = simulator::Decimal::parse("11.90");
                       });
        setting.run({"sync"});
    }

    Setting setting{50};
    std::string id;
    std::string baseline;
};

TEST_F(Events, are_told_oldest_first_after_a_seq)
{
    const auto out = setting.run({"events", "--after", baseline}).out;
    EXPECT_THAT(out, HasSubstr("sim.blocked"));
    EXPECT_THAT(out, HasSubstr("balance 12.5 → 11.9"));
    EXPECT_LT(out.find("sim.blocked"), out.find("balance.changed"));
    EXPECT_EQ(std::ranges::count(out, '\n'), 2);
}

TEST_F(Events, are_chosen_by_kind_sim_and_number)
{
    EXPECT_THAT(setting.run({"events", "--kind", "sim.blocked"}).out, Not(HasSubstr("balance")));
    EXPECT_THAT(setting.run({"events", "--sim", id, "--kind", "balance.changed"}).out, HasSubstr(id));
    const auto one = setting.run({"events", "--limit", "1"}).out;
    EXPECT_EQ(std::ranges::count(one, '\n'), 1);
    EXPECT_THAT(one, HasSubstr("#1 "));
}

TEST_F(Events, are_one_json_object_a_line)
{
    const auto out = setting.run({"events", "--after", baseline, "--kind", "balance.changed", "--json"}).out;
    const auto event = json::parse(out);
    EXPECT_EQ(event.at("sim").as_string(), id.c_str());
    EXPECT_EQ(event.at("before").at("balance").as_string(), "12.5");
    EXPECT_EQ(event.at("after").at("balance").as_string(), "11.9");
    EXPECT_EQ(event.at("cause").as_string(), "sweep");
}

TEST_F(Events, are_followed_as_they_are_committed)
{
    Program follower(setting.folder(), "follower",
                     {"--config", setting.config_file(), "events", "--follow", "--after", baseline});
    follower.await_out("balance.changed"); // the past first
    setting.change(5, [](simulator::Simcard& sim) { sim.description = "moved to the spare shelf"; });
    setting.run({"sync"});
    EXPECT_THAT(follower.await_out("attributes.changed"), HasSubstr("moved to the spare shelf"));
}

TEST_F(Events, are_followed_through_a_restart_of_the_database)
{
    Program follower(setting.folder(), "follower",
                     {"--config", setting.config_file(), "events", "--follow", "--after", baseline});
    follower.await_out("balance.changed");
    Cluster::shared().restart();
    setting.change(5, [](simulator::Simcard& sim) { sim.description = "still here"; });
    setting.run({"sync"});
    follower.await_out("still here");
    EXPECT_THAT(follower.err(), HasSubstr("HINT: it goes on by itself"));
}

TEST_F(Events, end_with_the_limit_even_when_followed)
{
    Program follower(
        setting.folder(), "follower",
        {"--config", setting.config_file(), "events", "--follow", "--after", "0", "--limit", "2"});
    EXPECT_EQ(follower.process().wait(), 0);
    EXPECT_EQ(std::ranges::count(follower.out(), '\n'), 2);
}

} // namespace
} // namespace simsync::test
