#include "store/ringing.hpp"

#include "postgres/array_literal.hpp"
#include "simsync/postgres/errors.hpp"
#include "store/event_rows.hpp"

namespace simsync
{

void ring(Connection& session, const NewestEvents& newest)
{
    if (newest.empty())
        return;
    ArrayLiteral payloads;
    for (const auto& [account, seq] : newest)
        payloads.add(std::string_view(account + ':' + std::to_string(seq)));
    session.transact(
        "notify of events",
        [&](Work& work)
        {
            work.exec("set local synchronous_commit = off");
            work.exec_params(
                "select pg_notify($1, payload) from unnest($2::text[]) payload", events_channel,
                payloads.text());
        });
}

bool try_to_ring(Connection& session, const NewestEvents& newest)
{
    try
    {
        ring(session, newest);
        return true;
    }
    catch (const StoreError&)
    {
        return false;
    }
}

} // namespace simsync
