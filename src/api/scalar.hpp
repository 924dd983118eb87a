// One JSON value that is neither object nor list, as the answer wrote it, and the way it goes into a column
// of a SIM.
#pragma once

#include "api/fields.hpp"
#include "simsync/model/sim.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace simsync
{

struct Scalar
{
    enum class Type : std::uint8_t
    {
        null,
        boolean,
        integer, // fits 64 bits, signed
        number,  // any other
        text,
        unreadable, // marked by sanitize_json
    };

    Type type = Type::null;
    bool truth = false;
    std::int64_t integer = 0;
    std::string_view text; // a number's literal; a text's content, unescaped; what is unreadable, as written
};

// As JSON writes it, escaped and cut to what an error may quote.
std::string json_text(const Scalar& scalar);

// Puts the value into the field's column; a list of numbers takes it in addition. Exact or not at all: false,
// and the column empty (a list: as it was), where the column's type cannot hold it, or PostgreSQL the text.
bool fill(Sim& sim, const SimField& field, const Scalar& scalar);

// Makes the field's column as if the answer had not spoken of it.
void clear(Sim& sim, const SimField& field);

} // namespace simsync
