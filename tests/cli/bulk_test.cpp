// What `--from` names, and the report by which it is resumed.
#include "cli/bulk_report.hpp"
#include "cli/bulk_terms.hpp"
#include "cli/csv.hpp"
#include "cli/exit_code.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace simsync::cli
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(Csv, ReadsWhatItWrites)
{
    EXPECT_EQ(csv_field("plain"), "plain");
    EXPECT_EQ(csv_field("a \"b\", c"), "\"a \"\"b\"\", c\"");
    EXPECT_THAT(
        csv_records("1,\"a \"\"b\"\", c\"\r\n2,\"x\ny\"\n3,"),
        ElementsAre(ElementsAre("1", "a \"b\", c"), ElementsAre("2", "x\ny"), ElementsAre("3", "")));
    EXPECT_THAT(csv_records(""), IsEmpty());
    EXPECT_THAT(csv_records("1,\"cut"), ElementsAre(ElementsAre("1", "cut")));
}

TEST(BulkTerms, AreOneALineEachOnce)
{
    EXPECT_THAT(
        bulk_terms("10000001\n\n# comment\n  +372 5550 1234 \r\n10000001\n8997"),
        ElementsAre("10000001", "+372 5550 1234", "8997"));
    EXPECT_THAT(bulk_terms("id\n7\n"), ElementsAre("7"));
}

TEST(BulkTerms, AreAColumnOfATableByItsHeader)
{
    EXPECT_THAT(
        bulk_terms("\xEF\xBB\xBFname,ICCID\r\n\"a, b\",8997\r\nc,8998\r\n"), ElementsAre("8997", "8998"));
    EXPECT_THAT(
        bulk_terms("caller_ids,x\n37255501234 37255501235,1\n+372 5550 9999,2\n"),
        ElementsAre("37255501234", "+372 5550 9999"));
    try
    {
        bulk_terms("1,2\n3,4\n");
        ADD_FAILURE();
    }
    catch (const UsageError& error)
    {
        EXPECT_THAT(error.what(), HasSubstr("no column that names SIMs"));
    }
}

const BulkKey first{"main", "1"};

TEST(BulkReport, KnowsTheLastOutcomeOfEach)
{
    const auto text = bulk_report_header() + bulk_report_line(first, {"requested", "", 7}, "block") +
                      bulk_report_line({"", "a,b"}, {"failed", "no \"such\"\nSIM", 0}, "block") +
                      bulk_report_line(first, {"confirmed", "", 7}, "block") + "2,conf";
    const auto outcomes = bulk_outcomes(text, "block");
    ASSERT_EQ(outcomes.size(), 2U) << "and not the line that was cut short";
    EXPECT_EQ(outcomes.at(first).outcome, "confirmed");
    EXPECT_EQ(outcomes.at(first).action, 7);
    EXPECT_THAT(outcomes.at({"", "a,b"}).why, HasSubstr("no \"such\""));
}

TEST(BulkReport, IsOfOneOperation)
{
    const auto text = bulk_report_header() + bulk_report_line(first, {"confirmed", "", 7}, "charge amount=5");
    EXPECT_THROW(bulk_outcomes(text, "charge amount=6"), UsageError);
    EXPECT_THROW(bulk_outcomes("something else\n", "block"), UsageError);
    EXPECT_THAT(bulk_outcomes("", "block"), IsEmpty());
}

TEST(BulkReport, GoesOnInItsFileAndHasOneWriter)
{
    const auto file = std::filesystem::temp_directory_path() / ("report-" + std::to_string(::getpid()));
    std::filesystem::remove(file);
    {
        BulkReport report{file, "block"};
        report.add(first, {"requested", "", 7});
        EXPECT_THROW((BulkReport{file, "block"}), CommandError);
    }
    std::ofstream(file, std::ios::app) << "2,requ"; // cut short
    {
        BulkReport report{file, "block"};
        EXPECT_THAT(
            report.so_far(), ElementsAre(Pair(first, testing::Field(&BulkOutcome::outcome, "requested"))));
        report.add(first, {"confirmed", "", 7});
    }
    BulkReport report{file, "block"};
    EXPECT_EQ(report.so_far().at(first).outcome, "confirmed");
    std::filesystem::remove(file);
}

} // namespace
} // namespace simsync::cli
