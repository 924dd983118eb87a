#include "store/action_log.hpp"

#include "postgres/connection.hpp"
#include "store/action_rows.hpp"
#include "store/schema_check.hpp"

namespace simsync
{

std::vector<PastAction> past_actions(const std::string& url, const ActionFilter& filter)
{
    Connection session{url, "set default_transaction_read_only = on"};
    require_our_schema(session);
    return session.transact("read the actions", [&](Work& work) { return newest_actions(work, filter); });
}

} // namespace simsync
