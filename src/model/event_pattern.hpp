// Text in which each `*` stands for any text: "tariff.*". Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync
{

// One part at least, and one more than there are stars; each star stands for any text.
std::vector<std::string> parts_between_stars(std::string_view text);

class EventPattern
{
public:
    explicit EventPattern(std::string_view text) : EventPattern(parts_between_stars(text)) {}
    // Whose parts may hold stars that mean themselves.
    explicit EventPattern(std::vector<std::string> parts) : parts_(std::move(parts)) {}

    bool covers(std::string_view text) const;     // the whole of it
    bool is_part_of(std::string_view text) const; // in whatever case (ASCII)
    bool has_star() const { return parts_.size() > 1; }

    bool operator==(const EventPattern&) const = default;

private:
    std::vector<std::string> parts_; // one at least
};

// Those of the names that `pattern` covers: "tariff.*" is tariff.changed, tariff.expiring and so on.
std::vector<std::string_view>
names_like(std::string_view pattern, const std::vector<std::string_view>& names);

} // namespace simsync
