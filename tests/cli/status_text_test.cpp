// What the operator who was woken reads first.
#include "cli/status_text.hpp"

#include "sync/sweeper.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const auto now = parse_date("2026-11-26T03:00:00Z").value();
constexpr std::chrono::minutes minute{1};

AccountStatus well()
{
    AccountStatus status;
    status.account.account = "main";
    status.account.endpoint = "https://api.example";
    status.account.leader_host = "host";
    status.account.leader_pid = 12;
    SweepRecord sweep;
    sweep.id = 7;
    sweep.outcome = Outcome::complete;
    sweep.started_at = now - minute;
    sweep.finished_at = now - minute;
    status.account.last_complete_sweep = sweep;
    status.last_sweeps = {sweep};
    return status;
}

std::vector<std::string> troubles(const AccountStatus& status)
{
    std::vector<std::string> all;
    for (const auto& trouble : troubles_of(status, now, 5 * minute))
    {
        EXPECT_NE(trouble.hint, "");
        all.push_back(trouble.what);
    }
    return all;
}

TEST(StatusText, OfAnAccountThatIsWellHasNoTrouble)
{
    EXPECT_THAT(troubles(well()), IsEmpty());
    const auto text = status_text(well(), now, 5 * minute);
    EXPECT_THAT(text, HasSubstr("led by host (pid 12), last complete sweep 60s ago\n"));
    EXPECT_THAT(text, Not(HasSubstr("!")));
}

TEST(StatusText, TellsAStaleMirrorWithTheLastErrorAndWhoIsMissing)
{
    auto status = well();
    status.account.last_complete_sweep->finished_at = now - 9 * minute;
    status.last_sweeps.front().error = "unreachable: no route";
    EXPECT_THAT(
        troubles(status),
        ElementsAre("the mirror is STALE, last complete sweep 9m ago: unreachable: no route"));
    EXPECT_THAT(troubles_of(status, now, 5 * minute).front().hint, HasSubstr("simsync check"));
    status.account.leader_host.reset();
    EXPECT_THAT(troubles_of(status, now, 5 * minute).front().hint, HasSubstr("systemctl status simsync"));
    status.account.last_complete_sweep.reset();
    EXPECT_THAT(troubles(status), ElementsAre(HasSubstr("no complete sweep yet")));
}

// Led for a minute, and its first sweep has come so far.
AccountStatus loading_for_the_first_time()
{
    auto status = well();
    status.account.leader_since = now - minute;
    status.account.last_complete_sweep.reset();
    auto& sweep = status.last_sweeps.front();
    sweep.outcome = Outcome::running;
    sweep.started_at = now - minute / 2;
    sweep.finished_at.reset();
    sweep.items = 148'556;
    sweep.expected = 300'000;
    return status;
}

// A large fleet takes its time: nothing is old or in the way.
TEST(StatusText, TellsHowFarAFirstSweepHasComeAndNotThatItIsStale)
{
    auto status = loading_for_the_first_time();
    const auto found = troubles_of(status, now, 5 * minute);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].what, "the first sweep is under way: it has loaded 148,556 of about 300,000 SIMs");
    EXPECT_EQ(found[0].level, Level::warning);
    EXPECT_THAT(status_text(status, now, 5 * minute), HasSubstr("148,556 of about 300,000 SIMs, 0 added"));
    status.last_sweeps.front().expected.reset();
    EXPECT_THAT(troubles(status), ElementsAre("the first sweep is under way: it has loaded 148,556 SIMs"));
    status.last_sweeps.clear();
    EXPECT_THAT(troubles(status), ElementsAre("the first sweep is about to begin"));
}

TEST(StatusText, TellsAFirstSweepThatFailsOrHasNobodyAsStale)
{
    auto status = loading_for_the_first_time();
    status.account.degraded = true;
    EXPECT_THAT(troubles(status), ElementsAre(HasSubstr("STALE, no complete sweep yet")));

    status = loading_for_the_first_time();
    auto failed = status.last_sweeps.front();
    failed.outcome = Outcome::incomplete;
    failed.error = "HTTP 500";
    status.last_sweeps.push_back(failed);
    EXPECT_THAT(troubles(status), ElementsAre("the mirror is STALE, no complete sweep yet: HTTP 500"));
    status.last_sweeps.back().started_at = *status.account.leader_since - minute; // an earlier leader's
    EXPECT_THAT(troubles(status), ElementsAre(HasSubstr("the first sweep is under way")));

    status.account.leader_host.reset();
    EXPECT_THAT(troubles(status), ElementsAre(HasSubstr("STALE")));
}

TEST(StatusText, TellsHowFarALeaderHasReadWhatTheMirrorHolds)
{
    auto status = well();
    status.account.leader_since = now;
    status.account.loading = LoadingRecord{3'200'000, 10'000'000};
    EXPECT_THAT(troubles(status), IsEmpty()) << "it is fresh still";
    EXPECT_THAT(
        status_text(status, now, 5 * minute),
        HasSubstr("  loads what the mirror holds, 3,200,000 of about 10,000,000 SIMs, and sweeps then\n"));

    status.account.last_complete_sweep->finished_at = now - 60 * minute; // simsync had been stopped
    const auto found = troubles_of(status, now, 5 * minute);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_THAT(found[0].what, HasSubstr("STALE, last complete sweep 60m ago"));
    EXPECT_THAT(found[0].hint, HasSubstr("wait: it loads"));

    status.account.last_complete_sweep.reset(); // its first sweep was broken off
    status.last_sweeps.front().started_at = now - 60 * minute;
    EXPECT_THAT(
        troubles(status), ElementsAre("no sweep has been complete yet: it loads what the mirror holds, "
                                      "3,200,000 of about 10,000,000 SIMs"));
}

TEST(StatusText, KnowsWhatIsLoadedFromWhere)
{
    auto status = loading_for_the_first_time();
    const StatusLoading from_api{StatusLoading::Source::api, 148'556, 300'000};
    EXPECT_EQ(loading_of(status), from_api);
    status.account.loading = LoadingRecord{7, std::nullopt};
    const StatusLoading from_mirror{StatusLoading::Source::mirror, 7, std::nullopt};
    EXPECT_EQ(loading_of(status), from_mirror) << "before it sweeps";
    status.account.leader_host.reset();
    EXPECT_EQ(loading_of(status), std::nullopt) << "who did it is gone";
    EXPECT_EQ(loading_of(well()), std::nullopt);
}

// `simsync sync` from a timer is no less right than the daemon.
TEST(StatusText, OfAnAccountThatNobodyLeadsButIsFreshHasNoTrouble)
{
    auto status = well();
    status.account.leader_host.reset();
    EXPECT_THAT(troubles(status), IsEmpty());
}

TEST(StatusText, TellsWhatHoldsUpHousekeepingSinceWhenAndWhatToDo)
{
    auto status = well();
    status.housekeeping = {{"change_event_2025_01 cannot be dropped: view v depends on it", "drop the view"}};
    status.housekeeping_since = now - 9 * minute;
    EXPECT_THAT(
        troubles(status), ElementsAre("housekeeping: change_event_2025_01 cannot be dropped: view v depends "
                                      "on it (since 9m ago)"));
    EXPECT_EQ(troubles_of(status, now, 5 * minute).front().hint, "drop the view");
}

TEST(StatusText, TellsWhatWaitsForAPerson)
{
    auto status = well();
    status.account.auth_failed = true;
    status.account.held_removals = 1'200;
    status.account.drifts = {{"imei", {Timestamp{}, true, "unknown"}}};
    status.unknown_actions = 2;
    EXPECT_THAT(
        troubles(status),
        ElementsAre(
            "the API refuses the credentials", "1,200 removals are HELD by the guard for a person to decide",
            "the API does not know these, and their columns keep what they held: "
            "imei since 1970-01-01T00:00:00Z",
            "2 actions of the last day ended unknown"));
}

TEST(StatusText, TellsForADayThatEventsWereLost)
{
    auto status = well();
    status.account.numbering = NumberingRecord{"lost", 133, 205, now - 3 * minute};
    EXPECT_THAT(
        troubles(status), ElementsAre("events 134 to 205 were lost with the server that had them, 3m ago"));
    EXPECT_EQ(troubles_of(status, now, 5 * minute).front().level, Level::warning);
    status.account.numbering->began_at = now - std::chrono::hours{25};
    EXPECT_THAT(troubles(status), IsEmpty());
    status.account.numbering = NumberingRecord{"promoted", 133, std::nullopt, now};
    EXPECT_THAT(troubles(status), IsEmpty()) << "as far as anybody knows";
}

// A command that a hint names can be typed as it stands, however many accounts there are.
TEST(StatusText, HintsNameTheAccount)
{
    auto status = well();
    status.account.held_removals = 1;
    status.unknown_actions = 1;
    for (const auto& trouble : troubles_of(status, now, 5 * minute))
        EXPECT_THAT(trouble.hint, HasSubstr(" --account main")) << trouble.what;
}

TEST(StatusText, TellsOfAListWithoutAnybody)
{
    auto status = well();
    SweepRecord empty;
    empty.outcome = Outcome::incomplete;
    empty.error = shows_nobody_error;
    empty.finished_at = now;
    status.last_sweeps.insert(status.last_sweeps.begin(), {SweepRecord{}, empty}); // one is under way
    EXPECT_THAT(troubles(status), ElementsAre(HasSubstr("the API shows NONE of the")));
}

ConsumerPosition consumer(const std::string& name, std::int64_t behind, Timestamp acked_at)
{
    ConsumerPosition position;
    position.consumer = name;
    position.acked_seq = 7;
    position.behind = behind;
    position.acked_at = acked_at;
    return position;
}

TEST(StatusText, TellsASinkThatIsDownWithWhyAndWhatToDo)
{
    auto status = well();
    status.consumers = {consumer("sink:pager", 3, now)};
    status.consumers[0].down_since = now - 5 * minute;
    status.consumers[0].down_error = "the receiver answers 410";
    status.consumers[0].down_hint = "set the sink's url";
    EXPECT_THAT(
        status_text(status, now, 5 * minute),
        HasSubstr("! consumer sink:pager is DOWN since 5m ago: the receiver answers 410\n"
                  "    HINT: set the sink's url\n"));
}

TEST(StatusText, TellsASinkThatDoesNotGetPastAnEventOnceThatLasts)
{
    auto status = well();
    status.consumers = {consumer("sink:pager", 4'000, now)};
    status.consumers[0].stuck_since = now - 4 * minute;
    status.consumers[0].stuck_seq = 4'711;
    status.consumers[0].stuck_error = "the receiver answers 422: unknown\nSIM";
    EXPECT_THAT(troubles(status), IsEmpty());
    status.consumers[0].stuck_since = now - 6 * minute;
    EXPECT_THAT(
        status_text(status, now, 5 * minute),
        HasSubstr(
            "! consumer sink:pager is stuck at event 4,711 since 6m ago: the receiver answers 422: "
            "unknown\\x0ASIM\n    HINT: simsync consumer list sink:pager says what each way on delivers\n"));
}

TEST(StatusText, TellsAConsumerThatSleepsOrIsLostAndNoOther)
{
    auto status = well();
    status.consumers = {
        consumer("busy", 40, now - minute), consumer("done", 0, now - 300 * minute),
        consumer("asleep", 40, now - 300 * minute), consumer("lost", 0, now), consumer("dropped", 0, now)};
    status.consumers[3].state = ConsumerState::renumbered;
    status.consumers[4].state = ConsumerState::dropped;
    EXPECT_THAT(
        troubles(status), ElementsAre(
                              "consumer asleep is 40 events behind and acknowledged one 5h ago",
                              HasSubstr("consumer lost stands in events that were numbered anew"),
                              HasSubstr("consumer dropped has not read events that were dropped")));
    EXPECT_THAT(
        status_text(status, now, 5 * minute),
        HasSubstr("consumer busy: 40 events behind, acknowledged 60s ago"));
    status.consumers[0].acked_seq = 0;
    EXPECT_THAT(
        status_text(status, now, 5 * minute),
        HasSubstr("consumer busy: 40 events behind, nothing acknowledged\n"));
    status.consumers[0].behind = 1;
    EXPECT_THAT(status_text(status, now, 5 * minute), HasSubstr("consumer busy: 1 event behind, "));
}

} // namespace
} // namespace simsync::cli
