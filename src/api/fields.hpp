// The fields of a SIM as the reference selects them, in its order, and the column that each one fills: what
// the documents are written from and the answers are read by. Made of the list in model/sim_columns.
#pragma once

#include "model/sim_columns.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace simsync
{

struct SimField : ApiField
{
    std::string_view column; // as in `simsync.sim`
    std::size_t place = 0;   // in sim_fields
    // One past the last field that stands under the same key as this one. Reading asks for it at every group
    // of every SIM.
    std::size_t group_end = 0;
    bool is_key = false;
    bool holds_numbers = false; // filled by a list of objects, one number each
};

// Fields of a group stand side by side.
inline constexpr auto sim_fields = []
{
    std::array<SimField, reference_order.size()> fields{};
    std::size_t count = 0;
    each_column_at<reference_order>(
        [&]<class Column>(Column)
        {
            auto& field = fields[count];
            static_cast<ApiField&>(field) = Column::field;
            field.column = Column::name;
            field.place = count++;
            field.is_key = Column::is_key;
            field.holds_numbers = Column::holds_numbers;
        });
    for (std::size_t end = fields.size(), i = end; i-- > 0;)
    {
        if (i + 1 < fields.size() && fields[i].outer() != fields[i + 1].outer())
            end = i + 1;
        fields[i].group_end = end;
    }
    return fields;
}();

} // namespace simsync
