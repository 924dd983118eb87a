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

TEST(ProgressLine, shows_name_share_figures_and_time)
{
    EXPECT_EQ(
        progress_line("main", 51'000, 100'000, 1'240ms, 80),
        "main  [############------------]  51%  51,000 SIMs  1.2 s");
}

TEST(ProgressLine, begins_empty_and_ends_full)
{
    EXPECT_THAT(progress_line("main", 0, 10, 0s, 80), HasSubstr("[------------------------]   0%"));
    EXPECT_THAT(progress_line("main", 10, 10, 0s, 80), HasSubstr("[########################] 100%"));
}

TEST(ProgressLine, is_not_done_before_the_last_sim)
{
    EXPECT_THAT(progress_line("main", 99'999, 100'000, 0s, 80), HasSubstr("#-]  99%"));
}

TEST(ProgressLine, never_exceeds_the_whole_where_the_fleet_has_grown)
{
    EXPECT_THAT(progress_line("main", 12, 10, 0s, 80), HasSubstr("] 100%  12 SIMs"));
}

TEST(ProgressLine, has_no_bar_where_nothing_is_expected)
{
    EXPECT_EQ(progress_line("main", 500, 0, 300ms, 80), "main  500 SIMs  0.3 s");
}

TEST(ProgressLine, fits_the_terminal)
{
    EXPECT_EQ(progress_line("main", 51'000, 100'000, 1s, 20), "main  [############-");
    EXPECT_EQ(progress_line("main", 1, 1, 1s, 0), "");
}

TEST(ProgressBar, is_silent_where_stderr_is_no_terminal)
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
