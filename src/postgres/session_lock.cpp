// Advisory locks, of sessions rather than of transactions.
#include "postgres/session_lock.hpp"

#include <exception>

namespace simsync
{

SessionLock::SessionLock(Connection& session, std::string kind, std::string name)
    : session_(session),
      kind_(std::move(kind)),
      name_(std::move(name))
{
}

SessionLock::~SessionLock()
{
    if (!taken_)
        return;
    try
    {
        session_.autocommit(
            "give a lock back", [this](Work& work)
            { work.exec_params("select pg_advisory_unlock(hashtext($1), hashtext($2))", kind_, name_); });
    }
    catch (const std::exception&) // NOLINT(bugprone-empty-catch)
    {
        // The session ends next, or has ended already, and the lock with it.
    }
}

bool SessionLock::try_take(std::string_view doing)
{
    if (!taken_)
        taken_ = session_.autocommit(
            doing,
            [this](Work& work)
            {
                return work
                    .exec_one("select pg_try_advisory_lock(hashtext($1), hashtext($2))", kind_, name_)[0]
                    .as<bool>();
            });
    return taken_;
}

} // namespace simsync
