// Lists as CSV, byte for byte.
#include "store/csv.hpp"

#include "store/drawn_fleet.hpp"

#include <algorithm>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string all_of(CsvExport& csv)
{
    std::string text;
    while (const auto piece = csv.next())
        text += *piece;
    return text;
}

class CsvTest : public DrawnFleet
{
protected:
    template<class Question>
    std::string csv(const Question& question)
    {
        CsvExport csv(url, question);
        return all_of(csv);
    }
};

TEST_F(CsvTest, IsTheListWithItsFilters)
{
    SimQuestion question;
    question.state = SimState::low;
    question.sort = SimSort::balance;
    question.words = "söhne";
    question.limit = 3;
    const auto text = csv(question);
    EXPECT_THAT(text, StartsWith("account,id,iccid_plastic,sim_id,is_blocked,"));
    const auto lines = std::count(text.begin(), text.end(), '\n');
    FleetReader reader(url);
    const auto expected = walk(reader, question);
    EXPECT_GT(expected.size(), 5U);
    EXPECT_EQ(static_cast<std::size_t>(lines), expected.size() + 1);
    std::size_t at = 0;
    for (const auto& each : expected)
    {
        auto row = "\r\n" + each + ',';
        row.replace(row.find('/'), 1, ",");
        const auto found = text.find(row, at);
        ASSERT_NE(found, std::string::npos) << each;
        at = found;
    }
}

TEST_F(CsvTest, QuotesAsRfc4180AndLeavesNoFormula)
{
    sql(R"(
        insert into simsync.sim (account, id, iccid_plastic, balance, description, tariff_name, profile, caller_ids, tariff_type,
                                 first_seen_at, changed_at, fingerprint)
        values ('main', 'hostile', '=1+1', -1.5, E'a "b", c\nd', '@SUM(1)', E'\tx', array['+372555', '+372556'], '-x',
                '2026-01-02 03:04:05Z', '2026-01-02 03:04:05Z', gen_random_uuid()))");
    SimQuestion question;
    question.words = "hostile";
    const auto text = csv(question);
    EXPECT_THAT(
        text,
        HasSubstr(
            "\r\nmain,hostile,'=1+1,,,,,-1.5,,,'+372555 +372556,,'@SUM(1),'-x,,'\tx,\"a \"\"b\"\", c\nd\","));
    EXPECT_THAT(text, EndsWith(",2026-01-02T03:04:05Z,2026-01-02T03:04:05Z,,1\r\n"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST_F(CsvTest, KnowsEveryBeginningOfAFormula)
{
    for (const std::string begin :
         {"=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "\ufeff="})
    {
        sql("delete from simsync.sim where id = 'formula'");
        sql("insert into simsync.sim (account, id, description, first_seen_at, changed_at, fingerprint) "
            "values ('main', 'formula', '" +
            begin + "1', now(), now(), gen_random_uuid())");
        SimQuestion question;
        question.words = "formula";
        EXPECT_THAT(csv(question), HasSubstr("'" + begin + "1")) << begin;
    }
}

TEST_F(CsvTest, HasTheEventsOfAQuestion)
{
    EventQuestion question;
    question.sim = "1006";
    const auto text = csv(question);
    EXPECT_THAT(text, StartsWith("account,seq,kind,severity,sim,iccid_plastic,observed_at,"));
    EXPECT_EQ(
        std::to_string(std::count(text.begin(), text.end(), '\n') - 1),
        sql("select count(*) from simsync.change_event where sim = '1006'"));
    question.sim = "nobody' or true";
    EXPECT_EQ(std::ranges::count(csv(question), '\n'), 1) << "the head alone";
}

TEST_F(CsvTest, ComesInPiecesAndMayBeLeftUnread)
{
    sql("insert into simsync.sim (account, id, description, first_seen_at, changed_at, fingerprint) select "
        "'main', 'x' || k, "
        "repeat('y', 500), now(), now(), gen_random_uuid() from generate_series(1, 20000) k");
    CsvExport csv(url, SimQuestion{});
    const auto piece = csv.next().value();
    EXPECT_LT(piece.size(), 128U * 1024);
    EXPECT_THAT(piece, EndsWith("\r\n"));
    EXPECT_TRUE(csv.next());
}

TEST_F(CsvTest, IsCutShortWithAnErrorOfItsOwn)
{
    sql("create function simsync.slow(x text) returns text language sql volatile as $$ select x || "
        "pg_sleep(5)::text $$; alter "
        "table simsync.sim rename to sim_itself; create view simsync.sim as select * from simsync.sim_itself "
        "where "
        "simsync.slow(id) <> ''");
    EXPECT_THROW(
        {
            CsvExport csv(url, SimQuestion{}, 300ms);
            all_of(csv);
        },
        StatementTimeout);
}

} // namespace
} // namespace simsync::test
