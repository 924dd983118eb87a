// What PostgreSQL's locks tell of the instances and of the accounts that are led.
#include "store/membership.hpp"
#include "store/mirror_test.hpp"

#include <unistd.h>

namespace simsync::test
{
namespace
{

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::vector<std::string> accounts{"main", "other"};

// An instance, as far as others see it.
struct Instance
{
    explicit Instance(const std::string& url, std::vector<std::string> configured = accounts)
        : session(url),
          membership(session, std::move(configured))
    {
    }

    LeasesSeen look() { return membership.look().shares; }

    Connection session;
    Membership membership;
};

// `main` is led, by the fixture.
class MembershipTest : public MirrorTest
{
protected:
    void end_session_of(Instance& instance) const
    {
        sql("select pg_terminate_backend(" + std::to_string(instance.session.connection().process_id()) +
            ", 10000)");
    }

    Instance first{url};
    Instance second{url};
};

TEST_F(MembershipTest, AnInstanceSeesItselfAndWhatIsLed)
{
    const auto seen = first.look();
    EXPECT_THAT(seen.alive, ElementsAre(seen.self));
    EXPECT_THAT(seen.led, ElementsAre("main"));
    EXPECT_EQ(first.look(), seen) << "and is the same for as long as it lives";
}

TEST_F(MembershipTest, InstancesSeeEachOther)
{
    const auto one = first.look().self;
    const auto seen = second.look();
    EXPECT_NE(seen.self, one);
    EXPECT_THAT(seen.alive, UnorderedElementsAre(one, seen.self));
    EXPECT_THAT(first.look().alive, UnorderedElementsAre(one, seen.self));
}

TEST_F(MembershipTest, OneThatLeavesIsGoneAtOnceAndMayComeAgain)
{
    first.look();
    second.look();
    second.membership.leave();
    const auto alone = first.look();
    EXPECT_THAT(alone.alive, ElementsAre(alone.self));
    const auto again = second.look();
    EXPECT_THAT(again.alive, UnorderedElementsAre(alone.self, again.self));
}

TEST_F(MembershipTest, OneWhoseConnectionEndsIsGone)
{
    const auto one = first.look().self;
    {
        Instance third(url);
        third.look();
        ASSERT_EQ(first.look().alive.size(), 2u);
        end_session_of(third);
        EXPECT_THROW(third.look(), DatabaseUnavailable);
    }
    EXPECT_THAT(first.look().alive, ElementsAre(one));
}

TEST_F(MembershipTest, OneThatIsSilentIsGoneByTheServersDoing)
{
    first.look();
    EXPECT_EQ(
        first.session.autocommit(
            "ask for the bound",
            [](Work& work) { return work.exec_one("show idle_session_timeout")[0].as<std::string>(); }),
        "10s");
}

TEST_F(MembershipTest, InstancesOfOtherAccountsAreNoneOfOurs)
{
    Instance stranger(url, {"main"});
    const auto theirs = stranger.look();
    EXPECT_THAT(theirs.alive, ElementsAre(theirs.self));
    EXPECT_THAT(theirs.led, ElementsAre("main")) << "whoever leads it";
    const auto ours = first.look();
    EXPECT_THAT(ours.alive, ElementsAre(ours.self));
}

TEST_F(MembershipTest, InstancesOverAnotherDatabaseAreNoneOfOurs)
{
    first.look();
    Instance elsewhere(Cluster::shared().mirror_database());
    const auto seen = elsewhere.look();
    EXPECT_THAT(seen.alive, ElementsAre(seen.self));
    EXPECT_THAT(seen.led, IsEmpty());
}

TEST_F(MembershipTest, AnAccountIsLedForAsLongAsItsLeaseIsHeld)
{
    {
        PostgresMirror leader(url, "other");
        ASSERT_TRUE(leader.try_lead("https://api.example"));
        EXPECT_THAT(first.look().led, UnorderedElementsAre("main", "other"));
    }
    EXPECT_THAT(first.look().led, ElementsAre("main"));
}

TEST_F(MembershipTest, WhoHoldsALeaseIsSeenInTheSameLook)
{
    const auto leases = first.membership.look().leases;
    EXPECT_THAT(leases, ElementsAre(testing::Key("main")));
    EXPECT_THAT(leases.at("main").leader(), testing::HasSubstr("(pid " + std::to_string(getpid()) + ")"));
    EXPECT_TRUE(leases.at("main").names_us);
    sql("update simsync.ledger set leader_host = 'elsewhere'");
    EXPECT_FALSE(first.membership.look().leases.at("main").names_us);
}

TEST_F(MembershipTest, ALeaseWhoseLedgerHasNoRowYetIsHeldAllTheSame)
{
    const auto holder = connect(url);
    PQclear(PQexec(holder.get(), "select pg_advisory_lock(hashtext('simsync'), hashtext('other'))"));
    EXPECT_EQ(first.membership.look().leases.at("other").leader(), "another instance");
}

TEST_F(MembershipTest, ThatALeaseIsFreeOrTakenIsNotified)
{
    second.session.connection().listen(free_channel);
    second.session.connection().listen(taken_channel);
    tell(first.session, {{"main", "other"}, {"third"}});
    second.look();
    std::vector<std::string> heard;
    for (const auto& each : second.session.connection().take_notifications())
        heard.push_back(each.channel + ' ' + each.payload);
    EXPECT_THAT(
        heard,
        UnorderedElementsAre("simsync_lease main", "simsync_lease other", "simsync_lease_taken third"));
}

TEST_F(MembershipTest, TheGroupOfTheDaemonMayDoAllOfIt)
{
    Instance writer(Cluster::shared().as_member_of("simsync_writer", url));
    first.look();
    const auto seen = writer.look();
    EXPECT_EQ(seen.alive.size(), 2u);
    EXPECT_THAT(seen.alive, Contains(seen.self));
    EXPECT_THAT(seen.led, ElementsAre("main"));
    tell(writer.session, {{"main"}, {}});
}

} // namespace
} // namespace simsync::test
