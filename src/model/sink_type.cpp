#include "model/sink_type.hpp"

#include "simsync/model/event.hpp"

namespace simsync
{

std::vector<std::string_view> kinds_for(SinkType type)
{
    std::vector<std::string_view> names;
    for (const auto each : all_kinds())
        if (type != SinkType::alertmanager || raises_condition(each))
            names.push_back(to_text(each));
    return names;
}

} // namespace simsync
