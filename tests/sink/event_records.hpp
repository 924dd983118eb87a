// Events as the change log holds them.
#pragma once

#include "simsync/model/event.hpp"
#include "simsync/store/records.hpp"

namespace simsync::test
{

inline EventRecord event(
    Kind kind, std::int64_t seq = 1, std::optional<std::string> sim = "1001",
    const std::string& account = "main")
{
    EventRecord event;
    event.account = account;
    event.seq = seq;
    event.kind = to_text(kind);
    event.severity = to_text(severity_of(kind));
    event.iccid_plastic = sim ? std::optional<std::string>("8997201183059987676") : std::nullopt;
    event.observed_at = event.recorded_at = "2026-11-26T08:00:00Z";
    event.after = R"({"balance": "4.90"})";
    event.cause = "sweep";
    event.dedup_key = dedup_key(kind, account, sim.value_or(""));
    event.sim = std::move(sim);
    return event;
}

} // namespace simsync::test
