// Values from cells and back, without a database: rows are plain data.
#include "postgres/row_values.hpp"

#include "postgres/sql_failure.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

using Object = std::map<std::string, std::string>;
using Texts = std::vector<std::string_view>;

constexpr std::string_view null{};

Rows rows_of(Texts columns, Texts texts)
{
    auto result = std::make_shared<ResultSet>();
    result->rows = texts.size() / columns.size();
    result->columns = std::move(columns);
    result->texts = std::move(texts);
    return Rows(std::move(result));
}

Cell cell(std::string_view text)
{
    return {"balance", text};
}

template<class T>
std::string complaint_of(std::string_view text)
{
    try
    {
        cell(text).as<T>();
    }
    catch (const SqlFailure& failure)
    {
        EXPECT_EQ(failure.kind(), SqlFailure::Kind::unexpected);
        return failure.what();
    }
    return "none";
}

TEST(Rows, AreReadByRowAndColumn)
{
    const auto rows = rows_of({"id", "note"}, {"1", "a", "2", null});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0][1].text(), "a");
    EXPECT_EQ(rows[1][0].as<int>(), 2);
    EXPECT_EQ(rows[1].back().column(), "note");
    EXPECT_TRUE(rows[1].back().is_null());
}

TEST(Rows, AreARange)
{
    const auto rows = rows_of({"id", "note"}, {"1", "a", "2", null});
    std::vector<int> ids;
    for (const auto& row : rows)
        ids.push_back(row[0].as<int>());
    EXPECT_THAT(ids, ElementsAre(1, 2));
    EXPECT_EQ(std::ranges::count_if(rows, [](const Row& row) { return row[1].is_null(); }), 1);
}

TEST(Rows, WithoutAColumnAreRowsAllTheSame)
{
    auto result = std::make_shared<ResultSet>();
    result->rows = 1;
    EXPECT_FALSE(Rows(result).empty());
}

TEST(Rows, ARowOutlivesWhatItIsFrom)
{
    const auto row = rows_of({"id"}, {"1"}).one();
    EXPECT_EQ(row[0].text(), "1");
}

TEST(Rows, AnotherNumberThanOneIsRefused)
{
    EXPECT_THROW(rows_of({"id"}, {}).one(), SqlFailure);
    EXPECT_THROW(rows_of({"id"}, {"1", "2"}).one(), SqlFailure);
}

TEST(Cells, AreReadAsWhatTheyAre)
{
    EXPECT_TRUE(cell("t").as<bool>());
    EXPECT_FALSE(cell("f").as<bool>());
    EXPECT_EQ(cell("-7").as<int>(), -7);
    EXPECT_EQ(cell("9223372036854775807").as<std::int64_t>(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(cell("7").as<std::size_t>(), 7U);
    EXPECT_EQ(cell("1.50").as<Money>().text(), "1.5");
    EXPECT_EQ(to_text(cell("2026-07-01T12:00:00Z").as<Timestamp>()), "2026-07-01T12:00:00Z");
    EXPECT_EQ(cell("a b").as<std::string>(), "a b");
    EXPECT_THAT(cell("{a,b}").as<std::vector<std::string>>(), ElementsAre("a", "b"));
    EXPECT_THAT(cell(R"({"a":"b"})").as<Object>(), ElementsAre(Pair("a", "b")));
}

TEST(Cells, ANullIsNothingOrEmpty)
{
    EXPECT_EQ(cell(null).as<std::optional<int>>(), std::nullopt);
    EXPECT_EQ(cell("").as<std::optional<std::string>>(), "");
    EXPECT_EQ(cell(null).as<std::string>(), "");
    EXPECT_THAT(cell(null).as<std::vector<std::string>>(), IsEmpty());
    EXPECT_THAT(cell(null).as<Object>(), IsEmpty());
}

TEST(Cells, AreRefusedWithTheNameOfTheirColumn)
{
    EXPECT_EQ(complaint_of<int>("7 "), R"(column balance holds "7 ", which simsync cannot read)");
    EXPECT_EQ(complaint_of<int>(null), "column balance holds NULL, which simsync cannot read");
    EXPECT_THAT(complaint_of<int>("2147483648"), HasSubstr("2147483648"));
    EXPECT_THAT(complaint_of<int>(""), HasSubstr("balance"));
    EXPECT_THAT(complaint_of<std::size_t>("-1"), HasSubstr("-1"));
    EXPECT_THAT(complaint_of<bool>("on"), HasSubstr("on"));
    EXPECT_THAT(complaint_of<bool>(null), HasSubstr("NULL"));
    EXPECT_THAT(complaint_of<Money>("much"), HasSubstr("much"));
    EXPECT_THAT(complaint_of<Timestamp>("noon"), HasSubstr("noon"));
}

TEST(SqlTexts, AreWhatTheServerTakes)
{
    EXPECT_EQ(sql_text(true), "t");
    EXPECT_EQ(sql_text(false), "f");
    EXPECT_EQ(sql_text(-7), "-7");
    EXPECT_EQ(sql_text(std::size_t{7}), "7");
    EXPECT_EQ(sql_text("text, not true"), "text, not true");
    EXPECT_EQ(sql_text(std::string()), "");
    EXPECT_EQ(sql_text(std::optional<std::string>()), std::nullopt);
    EXPECT_EQ(sql_text(std::optional(std::int64_t{7})), "7");
    EXPECT_EQ(sql_text(std::vector<std::string>{"a", "b"}), R"({"a","b"})");
    EXPECT_EQ(sql_text(Object{}), std::nullopt);
}

} // namespace
} // namespace simsync
