// Events to rows.
#include "store/event_rows.hpp"

#include "postgres/copy_stream.hpp"
#include "postgres/row_values.hpp"
#include "simsync/postgres/errors.hpp"

#include <boost/json.hpp>

#include <vector>

namespace simsync
{
namespace
{

namespace json = boost::json;

const std::vector<std::string> columns{"account",     "seq",           "kind",        "severity",
                                       "sim",         "iccid_plastic", "observed_at", "previous_observed_at",
                                       "recorded_at", "before",        "after",       "cause",
                                       "sweep_id",    "action_id",     "dedup_key",   "standing",
                                       "tariff_name", "description",   "profile",     "number",
                                       "requested_by"};

struct JsonOf
{
    json::value operator()(std::monostate) const { return nullptr; }
    json::value operator()(bool value) const { return value; }
    json::value operator()(std::int64_t value) const { return value; }
    json::value operator()(const Money& value) const { return json::string(value.text()); }
    json::value operator()(Timestamp value) const { return json::string(to_text(value)); }
    json::value operator()(const std::string& value) const { return json::string(value); }
    json::value operator()(const std::vector<std::string>& value) const
    {
        return json::array(value.begin(), value.end());
    }
};

// Empty: NULL.
std::optional<JsonText> json_text(const Fields& fields)
{
    if (fields.empty())
        return std::nullopt;
    json::object object;
    for (const auto& field : fields)
        object.emplace(field.column, std::visit(JsonOf{}, field.value));
    return JsonText{json::serialize(object)};
}

// What the ledger gave to one call of append_events.
struct Grant
{
    std::int64_t last_seq;
    Timestamp recorded_at;
};

Grant take_numbers(Work& work, const std::string& account, std::size_t count)
{
    const auto rows = work.exec_params(
        R"(
        update simsync.ledger set last_seq = last_seq + $2 where account = $1
        returning last_seq, simsync.rfc3339(clock_timestamp()))",
        account, count);
    if (rows.empty())
        throw StoreDefect(
            "account \"" + account + "\" has no row in simsync.ledger",
            "it is made when the lease is taken: nobody must delete it");
    return {rows[0][0].as<std::int64_t>(), rows[0][1].as<Timestamp>()};
}

} // namespace

Months ensure_partitions(Work& work, Timestamp at)
{
    const auto row = work.exec_one(
        "select simsync.rfc3339(since), simsync.rfc3339(until) from simsync.ensure_partitions($1)",
        to_text(at));
    return {row[0].as<Timestamp>(), row[1].as<Timestamp>()};
}

std::int64_t
append_events(Work& work, const std::string& account, std::span<const Event> events, Months& months)
{
    const auto [last_seq, recorded_at] = take_numbers(work, account, events.size());
    if (!months.contain(recorded_at))
        months = ensure_partitions(work, recorded_at);

    CopyStream stream(work, "simsync.change_event", columns);
    auto seq = last_seq - static_cast<std::int64_t>(events.size());
    for (const auto& event : events)
    {
        stream.put(account);
        stream.put(++seq);
        stream.put(to_text(event.kind));
        stream.put(to_text(severity_of(event.kind)));
        stream.put(event.sim);
        stream.put(event.iccid_plastic);
        stream.put(event.observed_at);
        stream.put(event.previous_observed_at);
        stream.put(recorded_at);
        stream.put(json_text(event.before));
        stream.put(json_text(event.after));
        stream.put(to_text(event.cause));
        stream.put(event.sweep_id);
        stream.put(event.action_id);
        stream.put(event.dedup_key);
        stream.put(event.standing);
        stream.put(event.tariff_name);
        stream.put(event.description);
        stream.put(event.profile);
        stream.put(event.number);
        stream.put(event.requested_by);
        stream.end_row();
    }
    stream.complete();
    return last_seq;
}

} // namespace simsync
