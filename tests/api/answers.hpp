// Answers as the documented service gives them, for tests to bend.
#pragma once

#include <string>
#include <string_view>

namespace simsync::answers
{

inline std::string list_of(std::string_view items, std::string_view count = "1")
{
    return R"({"data":{"simcards":{"items":[)" + std::string{items} + R"(],"count":)" + std::string{count} +
           "}}}";
}

// A SIM with every field set, in the order of the selection.
inline constexpr std::string_view full_sim = R"({
    "id": "1001", "iccidPlastic": "8970101000000001001", "simId": "ext-1001",
    "isBlocked": false, "allowFreeCallerIdChange": true, "allowFreeVoiceSubstitution": false,
    "resource": {"balance": 12345678.91, "dataBalance": 0.1},
    "fmcs": [{"msisdn": "79000000001"}],
    "callerIds": [{"msisdn": "79000000003"}, {"msisdn": "79000000002"}],
    "externalMsisdns": [{"msisdn": "74950000001"}],
    "currentTariff": {"name": "Unlimited", "packageTotalCallsMaxDuration": 36000, "tariffType": "PREPAID_UNLIMITED"},
    "profile": "S1", "description": "Taxi 17",
    "latestActivity": "2026-02-01T10:00:00.5+03:00", "tariffExpiresAt": "2026-03-01",
    "imei": {"imei": "352099001761481", "imeiIsCorrect": true}, "isArchived": false})";

} // namespace simsync::answers
