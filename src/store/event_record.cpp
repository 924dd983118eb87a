// One list of columns and its reading, for whoever reads events.
#include "store/event_record.hpp"

#include "postgres/row_values.hpp"

namespace simsync
{
namespace
{

EventRecord event_record(const Row& row)
{
    EventRecord event;
    read_field(row[0], event.account);
    read_field(row[1], event.seq);
    read_field(row[2], event.kind);
    read_field(row[3], event.severity);
    read_field(row[4], event.sim);
    read_field(row[5], event.iccid_plastic);
    read_field(row[6], event.observed_at);
    read_field(row[7], event.previous_observed_at);
    read_field(row[8], event.recorded_at);
    read_field(row[9], event.before);
    read_field(row[10], event.after);
    read_field(row[11], event.cause);
    read_field(row[12], event.sweep_id);
    read_field(row[13], event.action_id);
    read_field(row[14], event.dedup_key);
    read_field(row[15], event.standing);
    read_field(row[16], event.tariff_name);
    read_field(row[17], event.description);
    read_field(row[18], event.profile);
    read_field(row[19], event.number);
    read_field(row[20], event.requested_by);
    return event;
}

} // namespace

const std::string event_columns =
    "account, seq, kind, severity, sim, iccid_plastic, simsync.rfc3339(observed_at), "
    "simsync.rfc3339(previous_observed_at), simsync.rfc3339(recorded_at), coalesce(before::text, ''), "
    "coalesce(after::text, ''), cause, sweep_id, action_id, dedup_key, standing, "
    "tariff_name, description, profile, number, requested_by";

std::vector<EventRecord> event_records(const Rows& rows)
{
    std::vector<EventRecord> events;
    events.reserve(rows.size());
    for (const auto& row : rows)
        events.push_back(event_record(row));
    return events;
}

} // namespace simsync
