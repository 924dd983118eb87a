// What a failed statement means to a caller, without a database; tests/store/failures_test asks a real one.
#include "postgres/failures.hpp"
#include "simsync/postgres/errors.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using enum SqlFailure::Kind;

constexpr bool alive = true;

[[noreturn]] void translated(const SqlFailure& failure, bool is_alive = alive)
{
    throw_translated(failure, "acknowledge events", "database \"m\"", is_alive);
}

TEST(SqlFailures, AreToldInOneSentence)
{
    try
    {
        translated({refused, "FEHLER:  wrong here\nDETAIL:  of no use\nHINT:  do not", "42601"});
    }
    catch (const StoreDefect& defect)
    {
        EXPECT_STREQ(defect.what(), R"(cannot acknowledge events in database "m": wrong here)");
        EXPECT_THAT(defect.hint(), HasSubstr("please report it"));
    }
}

TEST(SqlFailures, AreSortedByWhatACallerCanDo)
{
    EXPECT_THROW(translated({refused, "syntax error", "42601"}), StoreDefect);
    EXPECT_THROW(translated({refused, "internal error", "XX000"}), DatabaseUnavailable);
    EXPECT_THROW(translated({refused, "deadlock", "40P01"}), TransactionConflict);
    EXPECT_THROW(translated({refused, "nobody has heard of it", "QQ123"}), DatabaseUnavailable);
    EXPECT_THROW(translated({conflict, "could not serialize"}), TransactionConflict);
    EXPECT_THROW(translated({lost, "server closed the connection unexpectedly"}), DatabaseUnavailable);
    EXPECT_THROW(translated({in_doubt, "who knows"}), DatabaseUnavailable);
    EXPECT_THROW(translated({unexpected, "7 rows"}), StoreDefect);
}

// A server that crashes in mid-statement may say odd things first.
TEST(SqlFailures, AreNoDefectOnceTheConnectionIsGone)
{
    EXPECT_THROW(translated({refused, "syntax error", "42601"}, !alive), DatabaseUnavailable);
}

TEST(SqlFailures, OfAFunctionOfSomebodyElseAreNoDefect)
{
    const std::string message = "ERROR:  odd\nCONTEXT:  PL/pgSQL function analyst.audit() line 3 at RAISE";
    EXPECT_THROW(translated({refused, message, "42601"}), DatabaseUnavailable);
}

} // namespace
} // namespace simsync
