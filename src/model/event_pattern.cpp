#include "model/event_pattern.hpp"

#include "model/ascii.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace simsync
{
namespace
{

// Cuts the parts out of the text in their order, each where it comes first.
bool follow_each_other(std::span<const std::string> parts, std::string_view text)
{
    for (const auto& part : parts)
    {
        const auto at = text.find(part);
        if (at == std::string_view::npos)
            return false;
        text.remove_prefix(at + part.size());
    }
    return true;
}

} // namespace

std::vector<std::string> parts_between_stars(std::string_view text)
{
    std::vector<std::string> parts{""};
    for (const char letter : text)
        if (letter == '*')
            parts.emplace_back();
        else
            parts.back() += letter;
    return parts;
}

bool EventPattern::covers(std::string_view text) const
{
    const auto& first = parts_.front();
    const auto& last = parts_.back();
    if (!has_star())
        return text == first;
    if (text.size() < first.size() + last.size() || !text.starts_with(first) || !text.ends_with(last))
        return false;
    text.remove_prefix(first.size());
    text.remove_suffix(last.size());
    return follow_each_other(std::span(parts_).subspan(1, parts_.size() - 2), text);
}

bool EventPattern::is_part_of(std::string_view text) const
{
    std::vector<std::string> lowered;
    lowered.reserve(parts_.size());
    for (const auto& part : parts_)
        lowered.push_back(lower_case(part));
    return follow_each_other(lowered, lower_case(text));
}

std::vector<std::string_view> names_like(std::string_view pattern, const std::vector<std::string_view>& names)
{
    const EventPattern wanted(pattern);
    std::vector<std::string_view> covered;
    std::ranges::copy_if(
        names, std::back_inserter(covered), [&](std::string_view name) { return wanted.covers(name); });
    return covered;
}

} // namespace simsync
