#include "model/sink_kind.hpp"

#include "simsync/model/event.hpp"

namespace simsync
{

std::vector<std::string_view> kinds_for(SinkKind kind)
{
    std::vector<std::string_view> names;
    for (const auto each : all_kinds())
        if (kind == SinkKind::webhook || raises_condition(each))
            names.push_back(to_text(each));
    return names;
}

} // namespace simsync
