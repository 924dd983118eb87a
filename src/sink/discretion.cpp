#include "sink/discretion.hpp"

#include "model/ascii.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace simsync
{
namespace
{

// Half of a secret gives it away too, where a text was cut.
constexpr std::size_t revealing_length = 4;

bool is_part_of_a_word(unsigned char c)
{
    return std::isalnum(c) != 0;
}

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    for (std::size_t begin = 0; begin < text.size();)
    {
        auto end = begin;
        while (end < text.size() && is_part_of_a_word(static_cast<unsigned char>(text[end])))
            ++end;
        if (end > begin)
            words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

bool reveals(std::string_view said, std::string_view secret)
{
    if (said == secret)
        return true;
    const auto [shorter, longer] =
        std::minmax(said, secret, [](auto a, auto b) { return a.size() < b.size(); });
    return shorter.size() >= revealing_length && longer.find(shorter) != std::string_view::npos;
}

} // namespace

bool gives_away(std::string_view text, std::span<const std::string> secrets)
{
    const auto lower_text = lower_case(text);
    const auto said = words_of(lower_text);
    for (const auto& each : secrets)
    {
        const auto secret = lower_case(each);
        for (const auto hidden : words_of(secret))
            if (std::ranges::any_of(said, [&](auto word) { return reveals(word, hidden); }))
                return true;
    }
    return false;
}

} // namespace simsync
