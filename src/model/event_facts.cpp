#include "model/event_facts.hpp"

#include "model/enum_table.hpp"
#include "model/event_values.hpp"

#include <algorithm>

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
        return names_of(all_kinds());
    if (fact == &EventFacts::severity)
        return names_of(all_severities);
    if (fact == &EventFacts::cause)
        return names_of(all_causes);
    if (fact == &EventFacts::standing)
        return {"true", "false"};
    return {};
}

} // namespace simsync
