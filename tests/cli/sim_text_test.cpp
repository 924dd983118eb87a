#include "cli/sim_text.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::HasSubstr;
using testing::Not;

Sim some_sim()
{
    Sim sim;
    sim.id = "1001";
    sim.iccid_plastic = "8997200000000000001";
    sim.is_blocked = false;
    sim.balance = Money::parse("12345678.91");
    sim.caller_ids = {"37250000001", "37250000002"};
    sim.description = "a \"quoted\", long\ntext \x1b[31m";
    sim.tariff_expires_at = parse_date("2026-07-01T12:34:56.789Z");
    return sim;
}

TEST(SimText, IsOneObjectWithExactMoney)
{
    const auto json = sim_json(some_sim());
    EXPECT_THAT(json, HasSubstr(R"("id":"1001")"));
    EXPECT_THAT(json, HasSubstr(R"("balance":"12345678.91")"));
    EXPECT_THAT(json, HasSubstr(R"("data_balance":null)"));
    EXPECT_THAT(json, HasSubstr(R"("caller_ids":["37250000001","37250000002"])"));
    EXPECT_THAT(json, HasSubstr(R"("tariff_expires_at":"2026-07-01T12:34:56.789Z")"));
    EXPECT_THAT(json, Not(HasSubstr("\n")));
}

TEST(SimText, IsALineOfATableThatSteersNoTerminal)
{
    const auto row = sim_table_row(some_sim());
    EXPECT_THAT(row, HasSubstr("2026-07-01 12:34"));
    EXPECT_EQ(row.find('\n'), row.size() - 1);
    EXPECT_THAT(row, Not(HasSubstr("\x1b")));
    EXPECT_EQ(sim_table_header().find("BLOCKED"), row.find("false"));
}

TEST(SimText, IsCsvAsRfc4180HasIt)
{
    EXPECT_THAT(sim_csv_row(some_sim()), HasSubstr(",\"a \"\"quoted\"\", long\ntext \x1b[31m\","));
    EXPECT_THAT(sim_csv_row(some_sim()), testing::EndsWith("\r\n"));
    EXPECT_THAT(sim_csv_header(), testing::StartsWith("id,iccid_plastic,sim_id,"));
}

TEST(SimText, IsASheetOfWhatThereIs)
{
    const auto sheet = sim_sheet(some_sim());
    EXPECT_THAT(sheet, HasSubstr("12345678.91\n"));
    EXPECT_THAT(sheet, Not(HasSubstr("data_balance")));
}

} // namespace
} // namespace simsync::cli
