#include "config/reference_fields.hpp"

#include "model/sim_columns.hpp"

#include <algorithm>
#include <array>

namespace simsync
{

namespace
{

// What a filter compares a column's values as.
template<class Value>
struct TypeOf;
template<>
struct TypeOf<std::string>
{
    static constexpr auto type = FieldType::text;
};
template<>
struct TypeOf<std::vector<std::string>>
{
    static constexpr auto type = FieldType::text;
};
template<>
struct TypeOf<bool>
{
    static constexpr auto type = FieldType::flag;
};
template<>
struct TypeOf<std::int64_t>
{
    static constexpr auto type = FieldType::integer;
};
template<>
struct TypeOf<Money>
{
    static constexpr auto type = FieldType::amount;
};
template<>
struct TypeOf<Timestamp>
{
    static constexpr auto type = FieldType::date;
};
template<class T>
struct TypeOf<std::optional<T>> : TypeOf<T>
{
};

constexpr auto fields = []
{
    std::array<ReferenceField, reference_order.size()> fields{};
    std::size_t count = 0;
    each_column_at<reference_order>(
        [&]<class Column>(Column)
        {
            // Numbers are filtered by the name of their list.
            const auto name = Column::holds_numbers ? Column::field.group : Column::field.name;
            fields[count++] = {name, TypeOf<typename Column::Value>::type, Column::name};
        });
    return fields;
}();

} // namespace

std::span<const ReferenceField> reference_fields()
{
    return fields;
}

const ReferenceField* reference_field_named(std::string_view name)
{
    const auto found = std::ranges::find_if(
        fields, [name](const ReferenceField& field) { return field.name == name || field.column == name; });
    return found == fields.end() ? nullptr : &*found;
}

} // namespace simsync
