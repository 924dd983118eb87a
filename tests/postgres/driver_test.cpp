// What libpqxx throws, as the driver tells it. The one test that includes libpqxx; the rest of the driver is
// tested by whatever asks a real PostgreSQL.
#include "postgres/driver.hpp"

#include <gmock/gmock.h>
#include <pqxx/pqxx>

#include <stdexcept>

namespace simsync
{
namespace
{

using enum SqlFailure::Kind;

template<class Error>
std::optional<SqlFailure> told(const Error& error)
{
    try
    {
        throw error;
    }
    catch (...)
    {
        return failure_in_flight();
    }
}

MATCHER_P2(Fails, kind, sqlstate, "")
{
    return arg && arg->kind() == kind && arg->sqlstate() == sqlstate;
}

// libpqxx 6 forgets the states for which it has a class.
TEST(Driver, TellsTheStateOfWhatTheServerRefuses)
{
    EXPECT_THAT(told(pqxx::sql_error("internal error", "select 1", "XX000")), Fails(refused, "XX000"));
    EXPECT_THAT(told(pqxx::syntax_error("syntax error", "selct 1")), Fails(refused, "42601"));
    EXPECT_THAT(told(pqxx::undefined_table("no such table", "select 1")), Fails(refused, "42P01"));
    EXPECT_THAT(told(pqxx::unique_violation("twice", "insert")), Fails(refused, "23000"));
}

// Seen when a server crashed: it sends a warning before it goes, libpq reads that, and takes the connection
// for open although it could write nothing more.
TEST(Driver, TakesForLostWhatNoServerSays)
{
    EXPECT_THAT(
        told(pqxx::sql_error("server closed the connection unexpectedly", "select 1")), Fails(lost, ""));
    EXPECT_THAT(told(pqxx::broken_connection("gone")), Fails(lost, ""));
    EXPECT_STREQ(
        told(pqxx::failure("Could not obtain client encoding: not connected."))->what(),
        "the connection is lost");
}

TEST(Driver, TellsConflictsAndDoubts)
{
    EXPECT_THAT(told(pqxx::serialization_failure("clash")), Fails(conflict, ""));
    EXPECT_THAT(told(pqxx::in_doubt_error("who knows")), Fails(in_doubt, ""));
    EXPECT_THAT(told(pqxx::usage_error("not so")), Fails(unexpected, ""));
}

TEST(Driver, KnowsItsOwnFailuresAndNobodyElses)
{
    EXPECT_THAT(told(SqlFailure(refused, "no", "42501")), Fails(refused, "42501"));
    EXPECT_FALSE(told(std::runtime_error("something else")));
}

} // namespace
} // namespace simsync
