// Conditions as Prometheus's Alertmanager knows them: an alert is its labels, fires until its end and is over
// behind it (API v2, https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). Pure.
#pragma once

#include "simsync/model/time.hpp"
#include "simsync/store/records.hpp"
#include "sink/wanted.hpp"

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

// Its labels: alertname (the kind that raised it), account, sim, severity, dedup_key; and standing="true"
// where it stood before simsync came, so that these can be routed and grouped apart. Equal labels are one
// alert.
struct Alert
{
    std::string kind;
    std::string account;
    std::string dedup_key;
    std::optional<std::string> sim;
    std::optional<std::string> iccid_plastic{}; // an annotation, as the next two are
    SimFacts facts{};
    std::optional<std::string> error{}; // why an account is degraded
    std::optional<std::string> since{}; // RFC 3339
    std::optional<std::string> ended{}; // RFC 3339; empty: it fires
    bool standing = false;

    // Names it in a log: of a condition the kind may change.
    std::string name() const { return kind + ' ' + dedup_key; }
};

// What an event does to alerts: fires its own, and resolves what its condition was raised by before; a SIM
// that is gone takes all of its own along. What never fired, or was not wanted, is not resolved. None for an
// event that is about no condition, or that is not wanted.
std::vector<Alert> alerts_of(const EventRecord& event, const AlertContext& context, const Wanted& wanted);

// Those that are wanted.
std::vector<Alert> alerts_of(std::span<const StandingCondition> standing, const Wanted& wanted);

// The body of POST /api/v2/alerts. An alert that fires holds for alerts_hold_for from `now` on, and none
// begins or ends later than `now`: an Alertmanager refuses a whole request for one alert that ends before it
// begins, as after a clock was set back. Each links to its page of the console below `console_url`, which
// ends with a slash; where that is empty to none.
std::string alerts_json(std::span<const Alert> alerts, Timestamp now, const std::string& console_url);

} // namespace simsync
