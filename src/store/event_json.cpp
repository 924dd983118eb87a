#include "store/event_json.hpp"

#include "store/or_null.hpp"

#include <boost/json.hpp>

namespace simsync
{
namespace
{

namespace json = boost::json;

constexpr std::size_t deepest_document = 1'000;

} // namespace

json::value event_document(const std::string& text)
{
    json::parse_options options;
    options.max_depth = deepest_document;
    return text.empty() ? json::value(nullptr) : json::parse(text, {}, options);
}

json::object event_object(const EventRecord& event)
{
    return json::object{
        {"account", event.account},
        {"seq", event.seq},
        {"kind", event.kind},
        {"severity", event.severity},
        {"sim", or_null(event.sim)},
        {"iccid_plastic", or_null(event.iccid_plastic)},
        {"observed_at", event.observed_at},
        {"previous_observed_at", or_null(event.previous_observed_at)},
        {"recorded_at", event.recorded_at},
        {"before", event_document(event.before)},
        {"after", event_document(event.after)},
        {"cause", event.cause},
        {"sweep_id", or_null(event.sweep_id)},
        {"action_id", or_null(event.action_id)},
        {"dedup_key", or_null(event.dedup_key)},
        {"standing", event.standing},
        {"tariff_name", or_null(event.tariff_name)},
        {"description", or_null(event.description)},
        {"profile", or_null(event.profile)},
        {"number", or_null(event.number)},
        {"requested_by", or_null(event.requested_by)},
    };
}

std::string event_json(const EventRecord& event)
{
    return json::serialize(event_object(event));
}

} // namespace simsync
