// A statement or its connection has failed: what is known of it. What that means to a caller is decided by
// postgres/failures.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace simsync
{

// Thrown and caught within this room and the statements that run in it: Connection makes a StoreError of it.
class SqlFailure final : public std::runtime_error
{
public:
    enum class Kind
    {
        refused,    // by the server, for the reason that `sqlstate` names
        conflict,   // the server ended one of two transactions that were in each other's way
        lost,       // the connection; or libpq complains of it, which comes to the same
        in_doubt,   // the connection, during a commit: nobody knows whether that was done
        unexpected, // an answer that simsync cannot read, or something that it must not do
    };

    SqlFailure(Kind kind, const std::string& message, std::string sqlstate = {})
        : std::runtime_error(message),
          kind_(kind),
          sqlstate_(std::move(sqlstate))
    {
    }

    Kind kind() const noexcept { return kind_; }
    const std::string& sqlstate() const noexcept { return sqlstate_; } // of `refused` only

private:
    Kind kind_;
    std::string sqlstate_;
};

} // namespace simsync
