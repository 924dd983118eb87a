// Decisions of people as rows.
#include "store/decisions.hpp"

#include "postgres/connection.hpp"
#include "store/schema_check.hpp"
#include "store/subscriber.hpp"

namespace simsync
{

std::size_t note_decision(
    const std::string& url, const std::string& account, Decision decision, const std::string& decided_by)
{
    Connection session(url);
    require_our_schema(session);
    refuse_subscriber(session);
    return session.transact(
        "decide the held removals of account \"" + account + '"',
        [&](Work& work)
        {
            return work
                .exec_params(
                    R"(
        update simsync.held_removal set decision = $2, decided_by = coalesce(nullif($3, ''), session_user), decided_at = now()
         where account = $1)",
                    account, to_text(decision), decided_by)
                .affected_rows();
        });
}

} // namespace simsync
