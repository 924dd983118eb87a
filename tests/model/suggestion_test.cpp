// What a mistyped word stood for.
#include "model/suggestion.hpp"

#include <gtest/gtest.h>

#include <array>

namespace simsync
{
namespace
{

using namespace std::string_view_literals;

constexpr std::array keys{"sweep_interval"sv, "page_size"sv, "pagination"sv, "ca_file"sv, "EQ"sv, "name"sv};

TEST(Suggestion, FindsOneThatIsNear)
{
    EXPECT_EQ(nearest("sweep_intervall", keys), "sweep_interval"); // superfluous
    EXPECT_EQ(nearest("sweep_intrval", keys), "sweep_interval");   // missing
    EXPECT_EQ(nearest("page_sise", keys), "page_size");            // wrong
    EXPECT_EQ(nearest("apgination", keys), "pagination");          // swapped
    EXPECT_EQ(nearest("page_size", keys), "page_size");
}

TEST(Suggestion, TakesUpperAndLowerCaseForTheSame)
{
    EXPECT_EQ(nearest("Page_Size", keys), "page_size");
    EXPECT_EQ(nearest("eq", keys), "EQ");
}

TEST(Suggestion, CountsTwoSwappedLettersOnce)
{
    constexpr std::array words{"abxy"sv, "ba"sv};
    EXPECT_EQ(nearest("ab", words), "ba"); // one error, all that a short word may have
}

TEST(Suggestion, IsSilentWhereNothingIsNear)
{
    EXPECT_EQ(nearest("retention", keys), std::nullopt);
    EXPECT_EQ(nearest("", keys), std::nullopt);
    EXPECT_EQ(nearest("nm", keys), std::nullopt); // two errors in two letters
    EXPECT_EQ(nearest("name", {}), std::nullopt);
}

TEST(Suggestion, DoesNotCompareWhatIsTooLongToBeTyped)
{
    const std::string endless(65, 'x');
    const std::array<std::string_view, 1> same{endless};
    EXPECT_EQ(nearest(endless, same), std::nullopt);
    EXPECT_EQ(nearest(endless.substr(1), same), endless);
}

TEST(Suggestion, PrefersTheNearestAndThenTheFirst)
{
    constexpr std::array words{"abcdef"sv, "abcxyf"sv, "abcxef"sv};
    EXPECT_EQ(nearest("abcxyz", words), "abcxyf");
    constexpr std::array equals{"cat"sv, "bat"sv};
    EXPECT_EQ(nearest("rat", equals), "cat");
}

TEST(Suggestion, BecomesAHint)
{
    EXPECT_EQ(hint_at("Name", keys), R"(did you mean "name"?)");
    constexpr std::array words{"auto"sv, "keyset"sv, "offset"sv};
    EXPECT_EQ(hint_at("sideways", words), "one of auto, keyset, offset");
}

} // namespace
} // namespace simsync
