// Two instances over one account: one leads, the other takes over.
#include "e2e/testbed.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <optional>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;

class Takeover : public testing::Test
{
protected:
    Takeover()
    {
        first.emplace(testbed.folder(), "first", Strings{"--config", testbed.config_file(), "run"});
        first->await_err("leads the account");
        second.emplace(testbed.folder(), "second", Strings{"--config", testbed.config_file(), "run"});
        second->await_err("stands by");
    }

    // Numbers without a gap, and each change told once: every `before` is the last `after`.
    void expect_an_unbroken_chain() const
    {
        EXPECT_EQ(testbed.sql("select count(*) = max(seq) from simsync.change_event"), "t");
        EXPECT_EQ(
            testbed.sql(
                "select count(*) from (select before, lag(after) over (partition by sim order by seq) "
                "as last from simsync.change_event where kind = 'attributes.changed') e "
                "where last is not null and before <> last"),
            "0");
    }

    void describe(const std::string& text)
    {
        testbed.change(7, [&text](simulator::Simcard& sim) { sim.description = text; });
    }

    void await_told(const std::string& text)
    {
        testbed.await_sql(
            "select count(*) from simsync.change_event where after->>'description' = '" + text + "'", "1");
    }

    Testbed testbed{100};
    std::optional<Program> first;
    std::optional<Program> second;
};

TEST_F(Takeover, AStandbyNamesTheLeaderAndIsReady)
{
    EXPECT_THAT(second->err(), HasSubstr("(pid " + std::to_string(first->process().id()) + ')'));
}

TEST_F(Takeover, TheStandbyGoesOnWhenTheLeaderWasKilled)
{
    describe("by the first");
    await_told("by the first");
    first->process().end(SIGKILL);
    describe("by the second");
    await_told("by the second");
    second->await_err("leads the account");
    expect_an_unbroken_chain();
}

TEST_F(Takeover, ALeaderThatWasStoppedAndWakesWritesNothing)
{
    describe("before");
    await_told("before");
    kill(first->process().id(), SIGSTOP);
    second->await_err("leads the account");
    describe("meanwhile");
    await_told("meanwhile");
    kill(first->process().id(), SIGCONT);
    first->await_err("stands by");
    describe("after");
    await_told("after");
    expect_an_unbroken_chain();
    EXPECT_EQ(testbed.sql("select leader_pid from simsync.account"), std::to_string(second->process().id()));
}

} // namespace
} // namespace simsync::test
