// What is read as a date has one text, which reads as the same instant.
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "simsync/model/time.hpp"

namespace simsync::fuzz
{

void dates(std::string_view bytes)
{
    const auto instant = parse_date(bytes);
    if (!instant)
        return;
    const auto text = to_text(*instant);
    const auto again = parse_date(text);
    require(again.has_value(), "a date's text is a date", text);
    require(*again == *instant, "a date's text reads as the same instant", text);
    require(to_text(*again) == text, "an instant has one text", text);
    require(text.size() >= 20 && text.size() <= 27 && text[10] == 'T' && text.back() == 'Z',
            "the text is RFC 3339 in UTC", text);
}

} // namespace simsync::fuzz
