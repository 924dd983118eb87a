// The search box: what is typed, and that the index changes nothing but the time.
#include "postgres/connection.hpp"
#include "simsync/store/reader.hpp"
#include "store/drawn_fleet.hpp"
#include "store/search.hpp"
#include "store/search_index.hpp"
#include "store/search_terms.hpp"

#include <algorithm>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::vector<std::string>> spellings(std::string_view words)
{
    std::vector<std::vector<std::string>> all;
    for (const auto& term : search_terms(words).terms)
        all.push_back(term.spellings);
    return all;
}

using Spellings = std::vector<std::vector<std::string>>;

TEST(SearchTermsTest, TakesANumberHoweverItIsWritten)
{
    EXPECT_EQ(spellings("  4656 "), (Spellings{{"4656"}}));
    EXPECT_EQ(spellings("+372 5550-1234"), (Spellings{{"37255501234", "+372 5550-1234"}}));
    EXPECT_EQ(spellings("00372 5550 1234"), (Spellings{{"0037255501234", "37255501234", "00372 5550 1234"}}));
    EXPECT_EQ(spellings("5550 - 1234"), (Spellings{{"55501234", "5550 - 1234"}}));
    EXPECT_EQ(spellings("Lift 12-34 kasse"), (Spellings{{"Lift"}, {"1234", "12-34"}, {"kasse"}}));
    EXPECT_EQ(spellings("A12-34"), (Spellings{{"A12-34"}}));
    EXPECT_EQ(spellings(" \t "), Spellings{});
}

TEST(SearchTermsTest, IsTooShortWhereNoTermCanBeLookedFor)
{
    EXPECT_TRUE(search_terms("42").too_short);
    EXPECT_TRUE(search_terms("ä1").too_short) << "two characters in three bytes";
    EXPECT_TRUE(search_terms("1-2").too_short) << "two digits";
    EXPECT_FALSE(search_terms("äöü").too_short);
    EXPECT_FALSE(search_terms("42 lift").too_short);
    EXPECT_FALSE(search_terms("").too_short);
    EXPECT_EQ(search_terms(" 42 ").whole, "42");
}

class SearchTest : public DrawnFleet
{
protected:
    std::vector<std::string> found(FleetReader& reader, const std::string& words, SimSort sort = SimSort::id)
    {
        SimQuestion question;
        question.words = words;
        question.sort = sort;
        question.limit = 40;
        return walk(reader, question);
    }

    std::vector<std::string> naive(const std::string& condition)
    {
        return column(
            "select account || '/' || id from (select *, simsync.search_text(id, iccid_plastic, sim_id, "
            "imei, caller_ids, "
            "fmcs, external_msisdns, description) as t from simsync.sim) s where removed_at is null and " +
            condition + " order by account, id");
    }

    std::string plan(const std::function<std::string(BoundValues&)>& condition)
    {
        Connection session(url);
        return session.transact(
            "explain",
            [&](Work& work)
            {
                BoundValues values(work);
                std::string text;
                for (const auto& row : work.exec(
                         "explain select id from simsync.sim s where account = 'main' and " +
                         condition(values)))
                    text.append(row[0].text()).append("\n");
                return text;
            });
    }

    void expect_as_a_naive_scan(FleetReader& reader)
    {
        for (const auto& [words, condition] : std::vector<std::pair<std::string, std::string>>{
                 {"käufer", "position('käufer' in t) > 0"},
                 {"KÄUFER söhne", "position('käufer' in t) > 0 and position('söhne' in t) > 0"},
                 {"söhne 555", "position('söhne' in t) > 0 and position('555' in t) > 0"},
                 {"+372 5550-23", "position('372555023' in t) > 0"},
                 {"12-34", "(position('1234' in t) > 0 or position('12-34' in t) > 0)"},
                 {"50%_", "position('50%_' in t) > 0"},
                 {"lift 50%_1", "position('50%_1' in t) > 0"},
                 {"8997279", "position('8997279' in t) > 0"},
                 {"#1", "id = '#1'"},
                 {"nowhere", "false"},
                 {"\\", "false"},
                 {"äöü'; --", "false"}})
        {
            EXPECT_EQ(found(reader, words), naive(condition)) << words;
            auto by_balance = found(reader, words, SimSort::balance);
            std::ranges::sort(by_balance);
            EXPECT_EQ(by_balance, naive(condition)) << words << ", by balance";
        }
    }
};

TEST_F(SearchTest, IsANaiveScanWithAndWithoutTheIndex)
{
    EXPECT_THAT(naive("position('käufer' in t) > 0"), testing::SizeIs(testing::Gt(50)));
    FleetReader without(url);
    EXPECT_FALSE(without.schema().search_indexed);
    expect_as_a_naive_scan(without);
    const auto by_words = Reader(url).find("söhne", std::nullopt, 1000).size();
    EXPECT_EQ(build_search_index(url, [](const IndexProgress&) {}), SearchIndex::built);
    FleetReader with(url);
    EXPECT_TRUE(with.schema().search_indexed);
    expect_as_a_naive_scan(with);
    EXPECT_EQ(Reader(url).find("söhne", std::nullopt, 1000).size(), by_words);
    EXPECT_EQ(found(with, "fell"), found(without, "fell")) << "a reader that was there before";
}

TEST_F(SearchTest, FindsAnIdFirstHoweverShort)
{
    sql("insert into simsync.sim (account, id, first_seen_at, changed_at, fingerprint, removed_at) select a, "
        "i, now(), now(), "
        "gen_random_uuid(), r from (values ('main', '372', null), ('other', '372', null), ('other', '42', "
        "null), "
        "('main', '99', now())) as v (a, i, r)");
    FleetReader reader(url);
    EXPECT_THAT(found(reader, "42"), ElementsAre("other/42"));
    EXPECT_THAT(found(reader, "99"), IsEmpty()) << "it is gone";
    const auto all = found(reader, "372");
    ASSERT_GT(all.size(), 100U);
    EXPECT_EQ(all[0], "main/372");
    EXPECT_EQ(all[1], "other/372");
    EXPECT_EQ(all[2], "main/1002") << "then by account and id";
    EXPECT_EQ(std::ranges::count(all, "other/372"), 1);

    SimQuestion question;
    question.words = "372";
    question.limit = 1;
    std::vector<std::string> one_by_one;
    for (int i = 0; i < 4; ++i)
    {
        const auto page = reader.sims(question);
        one_by_one.push_back(name(page.items.at(0)));
        question.after = page.next;
    }
    EXPECT_EQ(one_by_one, std::vector(all.begin(), all.begin() + 4));
    question.after.reset();
    question.falling = true;
    question.limit = 1000;
    EXPECT_EQ(walk(reader, question).size(), all.size());
    question.state = SimState::removed;
    question.words = "99";
    EXPECT_THAT(walk(reader, question), ElementsAre("main/99"));
}

TEST_F(SearchTest, SearchesWithinFiltersAndStopsAtAThousand)
{
    sql("insert into simsync.sim (account, id, description, is_blocked, first_seen_at, changed_at, "
        "fingerprint) select "
        "'main', 'x' || lpad(k::text, 4, '0'), 'Kiosk', k % 2 = 0, now(), now(), gen_random_uuid() from "
        "generate_series(1, 1001) k");
    FleetReader reader(url);
    SimQuestion question;
    question.words = "kiosk";
    question.limit = 200;
    EXPECT_TRUE(reader.sims(question).found_more);
    const auto first = walk(reader, question);
    EXPECT_EQ(first.size(), most_found);
    EXPECT_EQ(first.back(), "main/x1000");
    question.state = SimState::blocked;
    EXPECT_FALSE(reader.sims(question).found_more);
    EXPECT_EQ(walk(reader, question).size(), 500U);
}

TEST_F(SearchTest, UsesTheIndexWhereItIsThere)
{
    sql("insert into simsync.sim (account, id, iccid_plastic, first_seen_at, changed_at, fingerprint) select "
        "'main', 'y' || k, "
        "'8900' || k * 7907, now(), now(), gen_random_uuid() from generate_series(1, 20000) k");
    build_search_index(url, [](const IndexProgress&) {});
    FleetReader reader(url);
    EXPECT_THAT(found(reader, "158132093"), ElementsAre("main/y19999"));
    EXPECT_THAT(
        plan([](BoundValues& values) { return search_condition(search_terms("158132093"), values, true); }),
        HasSubstr("sim_search"));
    EXPECT_THAT(
        plan(
            [](BoundValues& values) {
                return prefilter(std::vector<std::string>{"158132093", "Kiosk"}, values);
            }),
        HasSubstr("sim_search"));
}

TEST_F(SearchTest, TheIndexIsBuiltOnceAndAgainWhereAnAttemptFailed)
{
    const auto tell = [](const IndexProgress&) {};
    EXPECT_EQ(drop_search_index(url), SearchIndex::was_not_there);
    EXPECT_EQ(build_search_index(url, tell), SearchIndex::built);
    EXPECT_EQ(build_search_index(url, tell), SearchIndex::was_there);
    sql("update pg_index set indisvalid = false where indexrelid = 'simsync.sim_search'::regclass");
    EXPECT_FALSE(FleetReader(url).schema().search_indexed);
    EXPECT_EQ(build_search_index(url, tell), SearchIndex::built);
    EXPECT_TRUE(FleetReader(url).schema().search_indexed);
    EXPECT_EQ(drop_search_index(url), SearchIndex::dropped);
    EXPECT_EQ(sql("select count(*) from pg_extension where extname = 'pg_trgm'"), "1") << "others may use it";
    sql("create table simsync.sim_search ()");
    EXPECT_THROW(build_search_index(url, tell), SchemaMismatch);
}

TEST_F(SearchTest, TheIndexIsTheOwnersAndFindsItsExtensionWhereverThatIs)
{
    const auto tell = [](const IndexProgress&) {};
    const auto writer = Cluster::shared().as_member_of("simsync_writer", url);
    try
    {
        build_search_index(writer, tell);
        ADD_FAILURE() << "the writer may not";
    }
    catch (const DatabaseRefused& refused)
    {
        EXPECT_THAT(refused.hint(), HasSubstr("its owner"));
    }
    sql("create schema elsewhere; create extension pg_trgm schema elsewhere");
    EXPECT_EQ(build_search_index(url, tell), SearchIndex::built);
    const auto analyst = Cluster::shared().as_member_of("simsync_reader", url);
    FleetReader reader(analyst);
    EXPECT_TRUE(reader.schema().search_indexed);
    EXPECT_FALSE(found(reader, "käufer").empty());
}

TEST_F(SearchTest, BalancesStillChangeWithoutTouchingAnIndex)
{
    build_search_index(url, [](const IndexProgress&) {});
    sql("vacuum simsync.sim");
    sql("select pg_stat_reset()");
    sql("update simsync.sim set balance = balance + 1, latest_activity = now(), changed_at = now() where id "
        "= '1002'");
    EXPECT_EQ(sql("select pg_stat_force_next_flush()"), "");
    EXPECT_EQ(
        sql("select n_tup_upd || ' ' || n_tup_hot_upd from pg_stat_user_tables where relid = "
            "'simsync.sim'::regclass"),
        "1 1");
}

} // namespace
} // namespace simsync::test
