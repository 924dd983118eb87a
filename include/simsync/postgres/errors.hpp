// How the database fails, sorted by what the caller can do about it. Every error carries a hint for the
// operator.
#pragma once

#include <stdexcept>
#include <string>

namespace simsync
{

// Base: one sentence that names what failed and where, and what the operator can do (without "HINT:"). No
// secret: the URL's password never appears.
class StoreError : public std::runtime_error
{
public:
    StoreError(const std::string& what, std::string hint) : std::runtime_error(what), hint_(std::move(hint))
    {
    }
    const std::string& hint() const noexcept { return hint_; }

private:
    std::string hint_;
};

// The configured URL is no libpq URI or conninfo string. Nothing of it is quoted: what libpq stumbles over
// may be the password.
class BadDatabaseUrl : public StoreError
{
    using StoreError::StoreError;
};

// Connection refused, lost, out of connections, disk full, read-only, refused by something of somebody else's
// (a trigger, a constraint): drop the connection, take the lease, read, diff again. What the lost transaction
// had is unknown until then.
class DatabaseUnavailable : public StoreError
{
public:
    using StoreError::StoreError;
};

// The server, the database or the role has no connection left for us. A DatabaseUnavailable in all else.
class OutOfConnections : public DatabaseUnavailable
{
public:
    using DatabaseUnavailable::DatabaseUnavailable;
};

// A statement took longer than its session lets it take. The connection is good; ask for less.
class StatementTimeout : public StoreError
{
    using StoreError::StoreError;
};

// Serialization failure, deadlock, lock timeout: run the transaction again.
class TransactionConflict : public StoreError
{
    using StoreError::StoreError;
};

// Login refused or a right is missing.
class DatabaseRefused : public StoreError
{
    using StoreError::StoreError;
};

// The schema is older or newer than this program.
class SchemaMismatch : public StoreError
{
    using StoreError::StoreError;
};

// The server is too old, or the database does not keep text as UTF8.
class DatabaseUnfit : public StoreError
{
    using StoreError::StoreError;
};

// A transaction-pooling proxy stands in between: the lease would not hold.
class PoolerInBetween : public StoreError
{
    using StoreError::StoreError;
};

// A consumer cannot read on: what comes next was dropped, or its position is one of another stream.
class ConsumerLost : public StoreError
{
    using StoreError::StoreError;
};

// The statement itself was wrong, and nothing but simsync can be to blame.
class StoreDefect : public StoreError
{
    using StoreError::StoreError;
};

} // namespace simsync
