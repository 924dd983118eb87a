#include "daemon/console/trouble.hpp"

#include "daemon/console/reading.hpp"
#include "daemon/log.hpp"

namespace simsync
{
namespace
{

constexpr unsigned unavailable = 503;

} // namespace

void DatabaseTrouble::failed(const StoreError& error)
{
    metrics_.database_error();
    const log::Fields fields{{"error", error.what()}, {"hint", error.hint()}};
    const bool is_slow = dynamic_cast<const StatementTimeout*>(&error) != nullptr; // who asked is told
    if (!is_slow && logged_.is_first(LogTopic::database, error.hint()))
        log::warn("", "the console cannot read the database", fields);
    else
        log::debug("", "the console cannot read the database", fields);
}

void DatabaseTrouble::answered()
{
    if (logged_.end(LogTopic::database))
        log::info("", "the console reads the database again");
}

Problem problem_of(const std::exception_ptr& failure, bool is_search)
{
    try
    {
        std::rethrow_exception(failure);
    }
    catch (const StatementTimeout& error)
    {
        if (is_search)
            return {
                unavailable, "the search took longer than 5 s", "the SIMs were read one by one",
                "type more of it, or let the owner of the schema run: simsync migrate --search"};
        return {unavailable, "the database took longer than 5 s", error.what(), error.hint()};
    }
    catch (const StoreError& error)
    {
        return {unavailable, "the database cannot be read", error.what(), error.hint()};
    }
    catch (const QueueFull& full)
    {
        return {unavailable, full.what(), "", "ask again in a second"};
    }
}

} // namespace simsync
