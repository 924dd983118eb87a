#include "store/event_json.hpp"

#include "store/or_null.hpp"

#include <boost/json.hpp>

namespace simsync
{
namespace
{

namespace json = boost::json;

json::value document_or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::parse(text);
}

} // namespace

std::string event_json(const EventRecord& event)
{
    return json::serialize(json::object{
        {"account", event.account},
        {"seq", event.seq},
        {"kind", event.kind},
        {"severity", event.severity},
        {"sim", or_null(event.sim)},
        {"iccid_plastic", or_null(event.iccid_plastic)},
        {"observed_at", event.observed_at},
        {"previous_observed_at", or_null(event.previous_observed_at)},
        {"recorded_at", event.recorded_at},
        {"before", document_or_null(event.before)},
        {"after", document_or_null(event.after)},
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
    });
}

} // namespace simsync
