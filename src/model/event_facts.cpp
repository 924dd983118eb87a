#include "model/event_facts.hpp"

#include "simsync/model/event.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

constexpr std::array fields{
    EventField{"account", &EventFacts::account},
    EventField{"kind", &EventFacts::kind},
    EventField{"severity", &EventFacts::severity},
    EventField{"cause", &EventFacts::cause},
    EventField{"sim", &EventFacts::sim},
    EventField{"iccid_plastic", &EventFacts::iccid_plastic},
    EventField{"tariff_name", &EventFacts::tariff_name},
    EventField{"description", &EventFacts::description},
    EventField{"profile", &EventFacts::profile},
    EventField{"number", &EventFacts::number},
    EventField{"requested_by", &EventFacts::requested_by},
    EventField{"standing", &EventFacts::standing},
};

constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};
constexpr std::array<std::string_view, 2> truths{"true", "false"};

std::vector<std::string_view> names_of_kinds()
{
    std::vector<std::string_view> names;
    for (const auto kind : all_kinds())
        names.push_back(to_text(kind));
    return names;
}

std::vector<std::string_view> names_of_causes()
{
    std::vector<std::string_view> names;
    for (const auto cause : {Cause::sweep, Cause::action, Cause::clock, Cause::operator_, Cause::daemon})
        names.push_back(to_text(cause));
    return names;
}

} // namespace

const EventField* event_field(std::string_view name)
{
    const auto* const found = std::ranges::find(fields, name, &EventField::name);
    return found == fields.end() ? nullptr : found;
}

const std::vector<std::string_view>& match_fields()
{
    static const std::vector<std::string_view> names = []
    {
        std::vector<std::string_view> all;
        all.reserve(fields.size());
        for (const auto& field : fields)
            all.push_back(field.name);
        return all;
    }();
    return names;
}

std::vector<std::string_view> values_of(EventFact fact)
{
    if (fact == &EventFacts::kind)
        return names_of_kinds();
    if (fact == &EventFacts::severity)
        return {severities.begin(), severities.end()};
    if (fact == &EventFacts::cause)
        return names_of_causes();
    if (fact == &EventFacts::standing)
        return {truths.begin(), truths.end()};
    return {};
}

std::span<const std::string_view> severity_names()
{
    return severities;
}

} // namespace simsync
