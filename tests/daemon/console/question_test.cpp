// What a query string asks, and what is told of one that asks nothing.
#include "daemon/console/question.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template<class Question>
Question good(const Asked<Question>& asked)
{
    if (const auto* const problem = std::get_if<Problem>(&asked))
    {
        ADD_FAILURE() << problem->title << ": " << problem->hint;
        return {};
    }
    return std::get<Question>(asked);
}

template<class Question>
Problem bad(const Asked<Question>& asked)
{
    const auto* const problem = std::get_if<Problem>(&asked);
    EXPECT_NE(problem, nullptr);
    return problem != nullptr ? *problem : Problem{};
}

TEST(QuestionForSims, IsForAllOfThemWhereNothingIsAsked)
{
    const auto question = good(sims_question(""));
    EXPECT_FALSE(question.account);
    EXPECT_EQ(question.words, "");
    EXPECT_EQ(question.state, SimState::all);
    EXPECT_FALSE(question.tariff);
    EXPECT_EQ(question.sort, SimSort::id);
    EXPECT_FALSE(question.falling);
    EXPECT_EQ(question.limit, 50U);
    EXPECT_FALSE(question.after);
}

TEST(QuestionForSims, HasAllThatAPageAsks)
{
    const auto question = good(sims_question(
        "account=main&state=low&tariff=Package%20500&profile=S1&q=K%C3%A4ufer+756&sort=-balance&limit=200"));
    EXPECT_EQ(question.account, "main");
    EXPECT_EQ(question.state, SimState::low);
    EXPECT_EQ(question.tariff, "Package 500");
    EXPECT_EQ(question.profile, "S1");
    EXPECT_EQ(question.words, "Käufer 756");
    EXPECT_EQ(question.sort, SimSort::balance);
    EXPECT_TRUE(question.falling);
    EXPECT_EQ(question.limit, 200U);
}

TEST(QuestionForSims, TellsAnEmptyTariffFromNone)
{
    EXPECT_EQ(good(sims_question("tariff=")).tariff, "");
    EXPECT_FALSE(good(sims_question("account=&state=&q=&sort=&limit=")).account)
        << "a form that was left empty";
}

TEST(QuestionForSims, GoesOnWhereTheCursorSays)
{
    const SimKey last{"0.40", "main", "10000120"};
    const auto asked = good(sims_question("sort=balance"));
    const auto cursor = next_sims(asked, last);
    EXPECT_EQ(cursor, "eyJ2IjoxLCJzIjoiYmFsYW5jZSIsImsiOlsiMC40MCIsIm1haW4iLCIxMDAwMDEyMCJdfQ");
    EXPECT_EQ(good(sims_question("sort=balance&cursor=" + cursor)).after, last);

    const SimKey by_id{{}, "main", "10000120"};
    EXPECT_EQ(good(sims_question("cursor=" + next_sims(good(sims_question("")), by_id))).after, by_id);

    const SimKey of_null{{}, "main", "1"};
    EXPECT_EQ(good(sims_question("sort=balance&cursor=" + next_sims(asked, of_null))).after, of_null);
}

TEST(QuestionForSims, RefusesACursorOfAnotherSort)
{
    const auto cursor = next_sims(good(sims_question("sort=balance")), {"0.40", "main", "1"});
    for (const char* sort : {"sort=-balance&", "sort=id&", "", "sort=latest_activity&"})
    {
        const auto problem = bad(sims_question(sort + ("cursor=" + cursor)));
        EXPECT_EQ(problem.status, 400U) << sort;
        EXPECT_THAT(problem.hint, HasSubstr("leave the cursor out"));
    }
}

TEST(QuestionForSims, RefusesACursorWhoseKeyIsNone)
{
    EXPECT_EQ(bad(sims_question("cursor=x")).status, 400U);
    const auto asked = good(sims_question("sort=balance"));
    EXPECT_EQ(
        bad(sims_question("sort=balance&cursor=" + next_sims(asked, {"1; drop", "main", "1"}))).status, 400U);
    const auto by_time = good(sims_question("sort=latest_activity"));
    EXPECT_EQ(
        bad(sims_question("sort=latest_activity&cursor=" + next_sims(by_time, {"soon", "main", "1"}))).status,
        400U);
}

TEST(Question, RefusesAnUnknownParameterAndNamesTheNearest)
{
    const auto problem = bad(sims_question("stat=low"));
    EXPECT_EQ(problem.status, 400U);
    EXPECT_EQ(problem.title, "there is no parameter \"stat\" here");
    EXPECT_EQ(problem.hint, "did you mean \"state\"?");
    EXPECT_THAT(bad(sims_question("utm_source=x")).hint, HasSubstr("one of account, q, state"));
    EXPECT_EQ(bad(no_question("pretty=1")).hint, "this path takes no parameters");
    EXPECT_EQ(bad(sims_csv_question("limit=5")).status, 400U) << "all of them are exported";
}

TEST(Question, RefusesAValueAndSaysWhatWouldBeRight)
{
    EXPECT_EQ(bad(sims_question("state=lwo")).hint, "did you mean \"low\"?");
    EXPECT_THAT(bad(sims_question("sort=balence")).hint, HasSubstr("did you mean \"balance\"?"));
    EXPECT_EQ(bad(events_question("kind=sim.bloked")).hint, "did you mean \"sim.blocked\"?");
    EXPECT_EQ(bad(events_question("severity=warn,critical")).title, "severity cannot be \"warn\"");
    for (const char* limit : {"0", "201", "-1", "1x", "50.0", "99999999999999999999", "0x10", "+5"})
        EXPECT_EQ(bad(sims_question("limit=" + std::string(limit))).hint, "a whole number from 1 to 200")
            << limit;
    EXPECT_EQ(bad(events_question("since=yesterday")).title, "since cannot be \"yesterday\"");
    EXPECT_THAT(bad(events_question("since=2026-11-29T11:00:00+02:00")).hint, HasSubstr("%2B"));
    EXPECT_EQ(bad(balances_question("main", "1", "points=2001")).hint, "a whole number from 4 to 2000");
}

TEST(Question, RefusesWhatStandsTwiceAndWhatIsNoText)
{
    EXPECT_EQ(bad(sims_question("state=low&state=blocked")).title, "state stands twice");
    EXPECT_EQ(bad(sims_question("q=%FF")).title, "q is no text");
    EXPECT_EQ(bad(sims_question("q=a%00b")).title, "q is no text");
    EXPECT_EQ(bad(sims_question("%73tat=low")).title, "there is no parameter \"stat\" here") << "decoded";
}

TEST(Question, OfAFaultQuotesNothingThatSteersATerminal)
{
    EXPECT_EQ(bad(sims_question("a%0Ab=1")).title, R"(there is no parameter "a\x0Ab" here)");
}

TEST(QuestionForSims, IsSearchedForAtMostAHundredCharactersAndFiveWords)
{
    std::string umlauts;
    for (int i = 0; i < 100; ++i)
        umlauts += "%C3%A4";
    EXPECT_FALSE(good(sims_question("q=" + umlauts)).words.empty());
    EXPECT_THAT(bad(sims_question("q=" + umlauts + "a")).hint, HasSubstr("at most 100 characters"));
    EXPECT_EQ(good(sims_question("q=one+two+three+four+five")).words, "one two three four five");
    EXPECT_THAT(bad(sims_question("q=one+two+three+four+five+six")).hint, HasSubstr("at most 5 words"));
}

TEST(QuestionForEvents, HasAllThatAPageAsks)
{
    const auto asked = good(events_question(
        "account=main&sim=10000036&kind=sim.blocked,-balance.changed&severity=warning,critical&cause=action"
        "&since=2026-11-29T11:00:00%2B02:00&until=2026-11-30&limit=3"));
    const auto& question = asked.question;
    EXPECT_EQ(question.account, "main");
    EXPECT_EQ(question.sim, "10000036");
    EXPECT_THAT(question.kinds, ElementsAre(Kind::sim_blocked));
    EXPECT_THAT(question.but, ElementsAre(Kind::balance_changed));
    EXPECT_THAT(question.severities, ElementsAre(Severity::warning, Severity::critical));
    EXPECT_THAT(question.causes, ElementsAre(Cause::action));
    EXPECT_EQ(to_text(question.since.value()), "2026-11-29T09:00:00Z");
    EXPECT_EQ(to_text(question.until.value()), "2026-11-30T00:00:00Z");
    EXPECT_EQ(asked.limit, 3U);
}

TEST(QuestionForEvents, GoesOnWhereTheCursorSays)
{
    const EventKey by_seq{{}, {{"backup", 17}, {"main", 3064}}};
    EXPECT_EQ(good(events_question("cursor=" + next_events(by_seq))).after, by_seq);
    const EventKey by_time{parse_date("2026-11-29T11:00:00.5Z"), {{"main", 3064}}};
    EXPECT_EQ(good(events_question("kind=sim.blocked&cursor=" + next_events(by_time))).after, by_time);
}

TEST(QuestionForEvents, AreNotOfATimeThatNoEventCanHave)
{
    for (const std::string asked : {"since=0001-01-01", "until=9999-12-31"})
        EXPECT_THAT(bad(events_question(asked)).hint, HasSubstr("1900 to 9000")) << asked;
    const EventKey far{parse_date("9999-12-31"), {{"main", 1}}};
    EXPECT_EQ(bad(events_question("kind=sim.blocked&cursor=" + next_events(far))).status, 400U);
}

TEST(QuestionForEvents, RefusesACursorOfAnotherOrder)
{
    const EventKey by_time{parse_date("2026-11-29T11:00:00Z"), {{"main", 3064}}};
    EXPECT_EQ(bad(events_question("sim=1&cursor=" + next_events(by_time))).status, 400U);
    EXPECT_EQ(bad(events_question("cursor=" + next_of_id(5))).status, 400U);
}

TEST(QuestionForEvents, AreExportedOfOneSimOrSinceSomeTimeOnly)
{
    EXPECT_THAT(bad(events_csv_question("")).hint, HasSubstr("since="));
    EXPECT_THAT(bad(events_csv_question("kind=sim.blocked")).hint, HasSubstr("sim=ID"));
    good(events_csv_question("sim=1"));
    good(events_csv_question("since=2026-11-29"));
}

TEST(QuestionForTheStream, ChoosesKindsAsTheListDoes)
{
    EXPECT_FALSE(good(stream_question("")).filter.kinds) << "all there are";
    const auto without = good(stream_question("kind=-balance.changed,-data_balance.changed")).filter.kinds;
    EXPECT_EQ(without.value().size(), all_kinds().size() - 2);
    EXPECT_THAT(
        good(stream_question("kind=sim.blocked,sim.unblocked&severity=warning")).filter.kinds.value(),
        ElementsAre("sim.blocked"));
    EXPECT_THAT(good(stream_question("kind=sim.blocked&severity=info")).filter.kinds.value(), IsEmpty())
        << "none is not all";
}

TEST(QuestionForTheStream, GoesOnBehindAPosition)
{
    EXPECT_EQ(good(stream_question("after=main@5f3c2a90:3064")).after, "main@5f3c2a90:3064");
    EXPECT_EQ(bad(stream_question("after=3064")).status, 400U);
    EXPECT_EQ(bad(stream_question("limit=5")).status, 400U);
}

TEST(QuestionForAccounts, GoesOnWhereTheCursorSays)
{
    EXPECT_EQ(good(sweeps_question("main", "limit=5&cursor=" + next_of_id(812))).before, 812);
    EXPECT_EQ(good(actions_question("main", "sim=1&cursor=" + next_of_id(7))).before, 7);
    EXPECT_EQ(good(removals_question("main", "q=alarm&cursor=" + next_of_sim("1001"))).after, "1001");
    EXPECT_EQ(bad(sweeps_question("main", "cursor=" + next_of_sim("1001"))).status, 400U);
    EXPECT_EQ(bad(sweeps_question("main", "cursor=" + next_of_id(-1))).status, 400U);
}

} // namespace
} // namespace simsync
