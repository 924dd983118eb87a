#include "sync/sweep_end.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::Optional;
using testing::StrEq;

const Timestamp now{std::chrono::seconds{1'000}};

SweepFindings proven(std::int64_t items)
{
    return {.counts = {.pages = 2, .items = items, .unchanged = 1}, .proven = true, .known = 5};
}

SweepFindings unproven(std::int64_t pages, bool stop_requested = false)
{
    return {
        .counts = {.pages = pages, .items = pages, .unchanged = 0},
        .why_unproven = "patience is spent",
        .stop_requested = stop_requested,
        .known = 5};
}

SweepReport failed_by(FailureKind kind)
{
    SweepReport report;
    report.last_failure = Failure{.kind = kind, .what = "no", .retry_after = {}, .unknown_fields = {}};
    return report;
}

TEST(SweepEnd, OfAProvenWalkIsCompleteWithItsCounts)
{
    const auto report = finished(failed_by(FailureKind::timed_out), proven(5), now);
    EXPECT_EQ(report.record.outcome, Outcome::complete);
    EXPECT_EQ(report.record.error, std::nullopt) << "a later try went well";
    EXPECT_EQ(report.record.finished_at, now);
    EXPECT_EQ(report.record.pages, 2);
    EXPECT_EQ(report.record.items, 5);
    EXPECT_EQ(report.record.unchanged, 1);
    EXPECT_FALSE(report.interrupted);
}

TEST(SweepEnd, OfAWalkThatProvesAnEmptyListAlthoughSimsAreKnownProvesNothing)
{
    auto report = finished({}, proven(0), now);
    EXPECT_TRUE(report.shows_nobody);
    EXPECT_EQ(report.record.outcome, Outcome::incomplete);
    EXPECT_EQ(report.record.error, shows_nobody_error);

    report = {};
    report.record.removed = 3; // a person accepted that they are gone
    EXPECT_EQ(finished(report, proven(0), now).record.outcome, Outcome::complete);

    auto nobody_known = proven(0);
    nobody_known.known = 0;
    EXPECT_EQ(finished({}, nobody_known, now).record.outcome, Outcome::complete);
}

TEST(SweepEnd, WithoutAPageAndWithoutHopeHasFailedElseItIsIncomplete)
{
    const auto outcome = [](FailureKind kind, std::int64_t pages)
    { return finished(failed_by(kind), unproven(pages), now).record.outcome; };
    EXPECT_EQ(outcome(FailureKind::unauthorized, 0), Outcome::failed);
    EXPECT_EQ(outcome(FailureKind::unauthorized, 1), Outcome::incomplete);
    EXPECT_EQ(outcome(FailureKind::unreachable, 0), Outcome::incomplete);
    EXPECT_THAT(finished({}, unproven(0), now).record.error, Optional(StrEq("patience is spent")));
}

TEST(SweepEnd, IsAnInterruptionWhereItWasToldToStopInTime)
{
    EXPECT_TRUE(finished({}, unproven(1, true), now).interrupted);
    auto too_late = proven(5);
    too_late.stop_requested = true;
    EXPECT_FALSE(finished({}, too_late, now).interrupted);
}

TEST(SweepEnd, NamesInOneLineWhatWasSetAside)
{
    SweepReport report;
    report.decode_errors = {{"description", 1}, {"id", 1}};
    report.set_aside = {
        {.sim = "1017", .field = "description", .text = "\"a\\x01b\""},
        {.sim = "", .field = "id", .text = "", .row = 517, .iccid_plastic = "8970"}};
    report = finished(std::move(report), proven(5), now);
    EXPECT_EQ(report.record.set_aside, 2);
    EXPECT_THAT(
        report.record.set_aside_what,
        Optional(
            StrEq("SIM \"1017\": description \"a\\x01b\"; the item at offset 517 (iccidPlastic 8970): id "
                  "is missing")));

    SweepReport more;
    more.decode_errors = {{"balance", 12}};
    more.set_aside = {{.sim = "1", .field = "balance", .text = "NaN"}};
    EXPECT_THAT(
        finished(std::move(more), proven(5), now).record.set_aside_what,
        Optional(StrEq("SIM \"1\": balance NaN; and more")));
    EXPECT_EQ(finished({}, proven(5), now).record.set_aside_what, std::nullopt);
}

} // namespace
} // namespace simsync
