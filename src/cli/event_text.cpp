// Events as lines.
#include "cli/event_text.hpp"

#include "cli/text.hpp"
#include "model/escape.hpp"
#include "store/event_json.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

constexpr std::string_view nothing = "–";

// One line that steers no terminal; where it is cut, one can see it.
std::string shown(const std::string& text)
{
    const auto cut = escape(text, quotable_bytes);
    return cut.size() == escape(text, std::string::npos).size() ? cut : cut + "…";
}

std::string value_text(const json::value& value)
{
    if (value.is_null())
        return std::string(nothing);
    if (!value.is_string())
        return shown(json::serialize(value));
    return value.get_string().empty() ? "\"\"" : shown(std::string(value.get_string()));
}

// "+37255500003", "-37255500003": what came and what went, for the whole list may be long.
std::string steps(const json::array& was, const json::array& is)
{
    std::string text;
    const auto print_missing = [&text](const json::array& these, const json::array& those, char sign)
    {
        for (const auto& value : these)
            if (std::ranges::find(those, value) == those.end())
                text.append(text.empty() ? "" : " ").append(1, sign).append(value_text(value));
    };
    print_missing(was, is, '-');
    print_missing(is, was, '+');
    return text;
}

std::string step_text(const json::value& was, const json::value& is)
{
    if (was.is_array() && is.is_array())
        return steps(was.get_array(), is.get_array());
    return value_text(was) + " → " + value_text(is);
}

// "balance 5.2 → 4.9"; where there is no earlier state, "balance 4.9".
std::string change_text(const json::value& before, const json::value& after)
{
    std::string text;
    if (!after.is_object())
        return text;
    const auto* earlier = before.if_object();
    for (const auto& [column, value] : after.get_object())
    {
        const auto* was = earlier != nullptr ? earlier->if_contains(column) : nullptr;
        text.append(text.empty() ? "" : ", ").append(shown(column)).append(1, ' ');
        text += was != nullptr ? step_text(*was, value) : value_text(value);
    }
    return text;
}

std::string details(const EventRecord& event)
{
    // The whole row of a new SIM is for programs; people look it up.
    if (event.kind == "sim.added")
        return event.iccid_plastic ? "iccid " + shown(*event.iccid_plastic) : "";
    return change_text(event_document(event.before), event_document(event.after));
}

std::string when(const EventRecord& event)
{
    std::string text = event.observed_at.substr(0, 19);
    std::ranges::replace(text, 'T', ' ');
    return text;
}

std::string line(const EventRecord& event, std::string_view begin_kind, std::string_view end_kind)
{
    std::string text = when(event) + "  " + event.account + "  ";
    text += padded("#" + std::to_string(event.seq), 8) + ' ';
    text.append(begin_kind).append(padded(event.kind, 24)).append(end_kind);
    text += padded(event.sim ? shown(*event.sim) : "", 14) + "  " + details(event);
    if (event.standing)
        text += "  (stood before)";
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string_view colour_of(const std::string& severity)
{
    if (severity == "critical")
        return "\033[1;31m";
    if (severity == "warning")
        return "\033[33m";
    return "\033[36m";
}

} // namespace

std::string event_line(const EventRecord& event)
{
    return line(event, "", "");
}

std::string event_line_in_colour(const EventRecord& event)
{
    return line(event, colour_of(event.severity), "\033[0m");
}

} // namespace simsync::cli
