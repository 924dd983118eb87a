#include "config/reference_fields.hpp"

#include <array>

namespace simsync
{

namespace
{

constexpr std::array<ReferenceField, 21> fields{{
    {"id", FieldType::text},
    {"iccidPlastic", FieldType::text},
    {"simId", FieldType::text},
    {"isBlocked", FieldType::flag},
    {"allowFreeCallerIdChange", FieldType::flag},
    {"allowFreeVoiceSubstitution", FieldType::flag},
    {"balance", FieldType::amount},
    {"dataBalance", FieldType::amount},
    {"fmcs", FieldType::text},
    {"callerIds", FieldType::text},
    {"externalMsisdns", FieldType::text},
    {"name", FieldType::text}, // of the current tariff
    {"packageTotalCallsMaxDuration", FieldType::integer},
    {"tariffType", FieldType::text},
    {"profile", FieldType::text},
    {"description", FieldType::text},
    {"latestActivity", FieldType::date},
    {"tariffExpiresAt", FieldType::date},
    {"imei", FieldType::text},
    {"imeiIsCorrect", FieldType::flag},
    {"isArchived", FieldType::flag},
}};

} // namespace

std::span<const ReferenceField> reference_fields()
{
    return fields;
}

} // namespace simsync
