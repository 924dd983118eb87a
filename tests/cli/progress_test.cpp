// The progress bar's line.
#include "cli/progress.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(ProgressLine, ShowsNameShareFiguresAndTime)
{
    EXPECT_EQ(
        progress_line("main", 51'000, 100'000, 1'240ms, 80),
        "main  [############------------]  51%  51,000 SIMs  1.2 s");
}

TEST(ProgressLine, BeginsEmptyAndEndsFull)
{
    EXPECT_THAT(progress_line("main", 0, 10, 0s, 80), HasSubstr("[------------------------]   0%"));
    EXPECT_THAT(progress_line("main", 10, 10, 0s, 80), HasSubstr("[########################] 100%"));
}

TEST(ProgressLine, IsNotDoneBeforeTheLastSim)
{
    EXPECT_THAT(progress_line("main", 99'999, 100'000, 0s, 80), HasSubstr("#-]  99%"));
}

TEST(ProgressLine, NeverExceedsTheWholeWhereTheFleetHasGrown)
{
    EXPECT_THAT(progress_line("main", 12, 10, 0s, 80), HasSubstr("] 100%  12 SIMs"));
}

TEST(ProgressLine, HasNoBarWhereNothingIsExpected)
{
    EXPECT_EQ(progress_line("main", 500, 0, 300ms, 80), "main  500 SIMs  0.3 s");
}

TEST(ProgressLine, FitsTheTerminal)
{
    EXPECT_EQ(progress_line("main", 51'000, 100'000, 1s, 20), "main  [############-");
    EXPECT_EQ(progress_line("main", 1, 1, 1s, 0), "");
}

TEST(ProgressBar, IsSilentWhereStderrIsNoTerminal)
{
    testing::internal::CaptureStderr();
    {
        ProgressBar bar{"main"};
        bar.show(1, 2);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

} // namespace
} // namespace simsync::cli
