// What somebody is to come back with, and no request has room for: a place in the events of each of a
// thousand accounts. It is kept here, and a word names it. Pure.
#pragma once

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace simsync
{

// Whoever comes back too late, or after a restart, is told to begin anew.
class KeptTexts
{
public:
    static constexpr std::size_t short_enough =
        2'000;                                    // characters: a query string has 4,096, and escapes some
    static constexpr std::size_t most_kept = 256; // some 5 MB of a thousand accounts

    // The text itself where it is short.
    std::string word_for(std::string text)
    {
        if (text.size() <= short_enough)
            return text;
        auto word = named(text);
        std::erase_if(kept_, [&word](const auto& each) { return each.first == word; });
        kept_.emplace_back(word, std::move(text));
        if (kept_.size() > most_kept)
            kept_.pop_front();
        return word;
    }

    // What it names; of what is no word, or names nothing any more: it itself, which is no position and no
    // cursor.
    std::string text_of(std::string_view word) const
    {
        const auto found = std::ranges::find(kept_, word, &std::pair<std::string, std::string>::first);
        return found == kept_.end() ? std::string(word) : found->second;
    }

    static bool is_word(std::string_view text)
    {
        return text.size() == word_size && text.front() == '~' &&
               text.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
    }

private:
    static constexpr std::size_t word_size = 17; // "~" and 64 bits

    static std::string named(std::string_view text)
    {
        std::array<char, word_size + 1> word{};
        std::snprintf( // NOLINT(cppcoreguidelines-pro-type-vararg): std::format is not there yet
            word.data(), word.size(), "~%016llx",
            static_cast<unsigned long long>(XXH3_64bits(text.data(), text.size())));
        return word.data();
    }

    std::deque<std::pair<std::string, std::string>> kept_; // the one asked for last at the end
};

} // namespace simsync
