// Conditions as Prometheus's Alertmanager knows them: an alert is its labels, fires until its end and is over
// behind it (API v2, https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). Pure.
#pragma once

#include "simsync/model/time.hpp"
#include "simsync/store/records.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

// Alertmanager keeps alerts in memory alone and takes one that is not repeated for over: what stands is told
// again this often, and each time holds for the other, so that a sink that is gone holds up nothing for long.
inline constexpr std::chrono::minutes alerts_repeated_after{1};
inline constexpr std::chrono::minutes alerts_hold_for{5};

// Its labels: alertname (the kind that raised it), account, sim, severity, dedup_key. Equal labels are one
// alert.
struct Alert
{
    std::string kind;
    std::string account;
    std::string dedup_key;
    std::optional<std::string> sim;
    std::optional<std::string> iccid_plastic; // an annotation
    std::optional<std::string> since;         // RFC 3339
    std::string until;                        // past: resolved
};

// What an event does to alerts: fires its own, resolves the others of its condition. A SIM that is gone takes
// all of its own along. `now` begins the time that a firing one holds for. None for an event that is about no
// condition.
std::vector<Alert> alerts_of(const EventRecord& event, Timestamp now);

Alert alert_of(const StandingCondition& standing, Timestamp now);

// The body of POST /api/v2/alerts.
std::string alerts_json(std::span<const Alert> alerts);

} // namespace simsync
