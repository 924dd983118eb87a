// Words for what no request has room for.
#include "daemon/console/kept_texts.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

std::string long_text(char of)
{
    return std::string(KeptTexts::short_enough + 1, of);
}

TEST(KeptTexts, AreHandedOutAsTheyAreWhereTheyAreShort)
{
    KeptTexts kept;
    const std::string text(KeptTexts::short_enough, 'a');
    EXPECT_EQ(kept.word_for(text), text);
    EXPECT_EQ(kept.text_of(text), text);
}

TEST(KeptTexts, AreNamedByAWordThatFitsAnyRequest)
{
    KeptTexts kept;
    const auto word = kept.word_for(long_text('a'));
    EXPECT_TRUE(KeptTexts::is_word(word)) << word;
    EXPECT_EQ(kept.text_of(word), long_text('a'));
    EXPECT_EQ(kept.word_for(long_text('a')), word);
    EXPECT_NE(kept.word_for(long_text('b')), word);
    EXPECT_EQ(kept.text_of(word), long_text('a'));
}

TEST(KeptTexts, AreForgottenTheOldestFirst)
{
    KeptTexts kept;
    const auto first = kept.word_for(long_text('a'));
    const auto used = kept.word_for(long_text('b'));
    for (std::size_t i = 0; i + 2 < KeptTexts::most_kept; ++i)
        kept.word_for(long_text('c') + std::to_string(i));
    kept.word_for(long_text('b')); // once more
    EXPECT_EQ(kept.text_of(first), long_text('a'));
    kept.word_for(long_text('d'));
    EXPECT_EQ(kept.text_of(first), first) << "names nothing any more";
    EXPECT_EQ(kept.text_of(used), long_text('b'));
}

TEST(KeptTexts, TakeNothingElseForAWord)
{
    for (const char* text :
         {"", "~", "main@5f3c2a90:3064", "~0123456789abcde", "~0123456789abcdefg", "~0123456789ABCDEF",
          "00123456789abcdef"})
        EXPECT_FALSE(KeptTexts::is_word(text)) << text;
    EXPECT_TRUE(KeptTexts::is_word("~0123456789abcdef"));
}

} // namespace
} // namespace simsync
