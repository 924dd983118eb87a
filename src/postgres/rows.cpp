#include "postgres/rows.hpp"

#include "postgres/sql_failure.hpp"

#include <string>

namespace simsync
{

Row Rows::one() const
{
    if (size() != 1)
        throw SqlFailure(
            SqlFailure::Kind::unexpected,
            "its answer has " + std::to_string(size()) + " rows, where simsync expects one");
    return (*this)[0];
}

} // namespace simsync
