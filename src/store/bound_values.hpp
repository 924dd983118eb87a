// Values for a statement whose text is put together: as parameters, or as literals where COPY takes none.
#pragma once

#include "postgres/driver.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

class BoundValues
{
public:
    BoundValues() = default;
    // As literals, as this connection quotes them.
    explicit BoundValues(const Work& quoting) : quoting_(&quoting) {}

    // What stands for the value in the statement: "$3::text".
    std::string bind(const SqlText& value, std::string_view type)
    {
        const auto cast = "::" + std::string(type);
        if (quoting_)
            return (value ? quoting_->quoted(*value) : "null") + cast;
        values_.push_back(value);
        return '$' + std::to_string(values_.size()) + cast;
    }
    std::string text(std::string_view value) { return bind(sql_text(value), "text"); }
    std::string number(std::size_t value) { return bind(sql_text(value), "bigint"); }

    Rows run(Work& work, const std::string& sql) const { return work.exec_texts(sql, values_); }

private:
    const Work* quoting_ = nullptr;
    std::vector<SqlText> values_;
};

} // namespace simsync
