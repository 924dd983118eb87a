// The fields of a SIM card under the names and types of the API's reference: what a filter may name and what
// the decoder may complain of. Made of the list in model/sim_columns.
#pragma once

#include <span>
#include <string_view>

namespace simsync
{

enum class FieldType
{
    text,
    flag,
    integer,
    amount,
    date,
};

struct ReferenceField
{
    std::string_view name; // "tariffExpiresAt"
    FieldType type;
    std::string_view column; // "tariff_expires_at", as `simsync.sim` and every output have it
};

std::span<const ReferenceField> reference_fields(); // in the order of the reference

// By the API's name or the column's; null where there is none.
const ReferenceField* reference_field_named(std::string_view name);

} // namespace simsync
