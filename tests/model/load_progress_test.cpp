// How far a fleet has been read.
#include "model/load_progress.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

TEST(LoadProgress, IsThereWhileTheFleetIsRead)
{
    const LoadProgress::Time begun{1h};
    LoadProgress progress;
    EXPECT_EQ(progress.loaded(), std::nullopt);
    progress.begins(1'000, begun);
    EXPECT_EQ(progress.loaded(), (Loaded{0, 1'000}));
    EXPECT_EQ(progress.came(), begun);
    progress.has_read(300, begun + 2s);
    EXPECT_EQ(progress.loaded(), (Loaded{300, 1'000}));
    EXPECT_EQ(progress.came(), begun + 2s);
    progress.ends();
    EXPECT_EQ(progress.loaded(), std::nullopt);
    progress.begins(5, begun + 3s);
    EXPECT_EQ(progress.loaded(), (Loaded{0, 5})) << "a fleet that is read again begins anew";
}

} // namespace
} // namespace simsync
