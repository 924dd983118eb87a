// What is read as a date has one text, which reads as the same instant.
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "model/date.hpp"

namespace simsync::fuzz
{

namespace
{

// What another stack wrote is the same instant, none, or not read at all.
void is_foreign_date(std::string_view bytes)
{
    const auto date = read_date(bytes);
    const auto instant = parse_date(bytes);
    require(!instant || date, "what is a date of ours is one of another stack", bytes);
    require(!instant || !date->at || *date->at == *instant, "a date means the same to both", bytes);
    if (date && date->at)
        require(parse_date(to_text(*date->at)) == *date->at, "a date can be written", bytes);
}

} // namespace

void dates(std::string_view bytes)
{
    is_foreign_date(bytes);
    const auto instant = parse_date(bytes);
    if (!instant)
        return;
    const auto text = to_text(*instant);
    const auto again = parse_date(text);
    require(again.has_value(), "a date's text is a date", text);
    require(*again == *instant, "a date's text reads as the same instant", text);
    require(to_text(*again) == text, "an instant has one text", text);
    require(
        text.size() >= 20 && text.size() <= 27 && text[10] == 'T' && text.back() == 'Z',
        "the text is RFC 3339 in UTC", text);
}

} // namespace simsync::fuzz
