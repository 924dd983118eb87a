#include "store/fleet_session.hpp"

#include "postgres/sql_failure.hpp"
#include "store/schema_check.hpp"

namespace simsync
{
namespace
{

// Each answer is of one moment (repeatable read), though it takes several statements. No helpers: whoever
// looks shall not take cores from the writer.
std::string settings(std::chrono::milliseconds patience)
{
    return R"(
    set default_transaction_read_only = on;
    set default_transaction_isolation = 'repeatable read';
    set statement_timeout = )" +
           std::to_string(patience.count()) + R"(;
    set lock_timeout = '1s';
    set idle_in_transaction_session_timeout = '5s';
    set max_parallel_workers_per_gather = 0;
    set application_name = 'simsync console')";
}

std::string in_words(std::chrono::milliseconds span)
{
    return span.count() % 1000 == 0 ? std::to_string(span.count() / 1000) + " s"
                                    : std::to_string(span.count()) + " ms";
}

} // namespace

FleetSession::FleetSession(const std::string& url, std::chrono::milliseconds patience)
    : patience_(patience),
      connection_(url, settings(patience))
{
    require_our_schema(connection_);
}

// An administrator's cancel and a shutdown have the same SQLSTATE, and words in any language; they come
// sooner.
void FleetSession::rethrow(std::string_view doing, std::chrono::nanoseconds lasted) const
{
    const auto failure = failure_in_flight();
    if (failure && failure->sqlstate() == "57014" && lasted >= patience_)
        throw StatementTimeout(
            "cannot " + std::string(doing) + " in " + connection_.place() + ": it took longer than " +
                in_words(patience_),
            "ask for less of it: one account, a shorter time, more filters");
    throw;
}

} // namespace simsync
