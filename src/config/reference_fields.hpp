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
};

std::span<const ReferenceField> reference_fields(); // in the order of the reference

} // namespace simsync
