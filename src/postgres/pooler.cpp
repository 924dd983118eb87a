// Finds transaction pooling by watching which server process answers.
#include "postgres/pooler.hpp"

#include "simsync/postgres/errors.hpp"

namespace simsync
{
namespace
{

int answering_process(Work& work)
{
    return work.exec_one("select pg_backend_pid()")[0].as<int>();
}

// Whether a second client is given the process that serves the first, or takes it away from it. A pooler
// hands out the process that became free last, which is the first client's, so one of the two shows at once.
bool shares_its_process(Connection& session, const std::string& url)
{
    const int before = session.transact("look for a pooler", answering_process);
    Connection other(url);
    return other.transact(
        "look for a pooler",
        [&](Work& open)
        {
            const int others = answering_process(open);
            const int after = session.transact("look for a pooler", answering_process);
            return others == before || after != before;
        });
}

} // namespace

void refuse_pooler(Connection& session, const std::string& url)
{
    // PostgreSQL names its process when a client connects, for cancel requests. A proxy that pools names
    // itself there, so that those requests come to it: where both agree nothing pools, and that was one round
    // trip.
    const int answering = session.transact("look for a pooler", answering_process);
    if (answering == session.connection().process_id())
        return;
    if (shares_its_process(session, url))
        throw PoolerInBetween(
            session.place() + " is reached through a proxy that pools transactions: another client "
                              "would get the lease along with the connection",
            "let simsync connect to PostgreSQL itself, or to a pool in session mode");
}

} // namespace simsync
