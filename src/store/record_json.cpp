#include "store/record_json.hpp"

#include "store/or_null.hpp"

#include <boost/json.hpp>

namespace simsync
{

namespace json = boost::json;

json::value json_of(const std::string& text)
{
    return json::string(text);
}

json::value json_of(bool truth)
{
    return truth;
}

json::value json_of(std::int64_t number)
{
    return number;
}

json::value json_of(const Money& amount)
{
    return json::string(amount.text());
}

json::value json_of(Timestamp time)
{
    return json::string(to_text(time));
}

json::value json_of(const std::vector<std::string>& texts)
{
    return json::array(texts.begin(), texts.end());
}

json::value json_of(const std::map<std::string, std::string>& texts)
{
    json::object object;
    for (const auto& [name, text] : texts)
        object[name] = text;
    return object;
}

json::object sweep_object(const SweepRecord& sweep)
{
    return {
        {"id", sweep.id},
        {"started_at", to_text(sweep.started_at)},
        {"finished_at", or_null(sweep.finished_at)},
        {"outcome", to_text(sweep.outcome)},
        {"baseline", sweep.baseline},
        {"requests", sweep.requests},
        {"pages", sweep.pages},
        {"items", sweep.items},
        {"expected", or_null(sweep.expected)},
        {"added", sweep.added},
        {"changed", sweep.changed},
        {"unchanged", sweep.unchanged},
        {"removed", sweep.removed},
        {"events", sweep.events},
        {"found_by_looks", sweep.found_by_looks},
        {"error", or_null(sweep.error)},
        {"set_aside", sweep.set_aside},
        {"set_aside_what", or_null(sweep.set_aside_what)},
    };
}

json::object held_object(const HeldRemoval& held)
{
    return {
        {"sim", held.sim},
        {"iccid_plastic", or_null(held.iccid_plastic)},
        {"description", or_null(held.description)},
        {"sweep_id", held.sweep_id},
        {"held_at", to_text(held.held_at)},
        {"decision", or_null(held.decision)},
        {"decided_by", or_null(held.decided_by)},
        {"decided_at", or_null(held.decided_at)},
        {"lapsed", or_null(held.lapsed)},
        {"lapsed_by", or_null(held.lapsed_by)},
        {"lapsed_at", or_null(held.lapsed_at)},
    };
}

} // namespace simsync
