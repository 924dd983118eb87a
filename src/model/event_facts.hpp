// What can be asked of an event, field by field: the words that `[[sink]] match` compares. Pure.
#pragma once

#include <string_view>
#include <vector>

namespace simsync
{

// As text; of what an event does not have, the empty text. Its members are columns of simsync.change_event.
struct EventFacts
{
    std::string_view account;
    std::string_view kind;
    std::string_view severity;
    std::string_view cause;
    std::string_view sim;
    std::string_view iccid_plastic;
    std::string_view tariff_name;
    std::string_view description;
    std::string_view profile;
    std::string_view number;
    std::string_view requested_by;
    std::string_view standing; // "true" or "false"
};

using EventFact = std::string_view EventFacts::*;

struct EventField
{
    std::string_view name;
    EventFact fact;
};

// The field of this name; null where there is none.
const EventField* event_field(std::string_view name);

// The names of the fields, in the order of EventFacts.
const std::vector<std::string_view>& match_fields();

// All that can come in a field; none where any text can.
std::vector<std::string_view> values_of(EventFact fact);

} // namespace simsync
