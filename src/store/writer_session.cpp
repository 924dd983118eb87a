#include "store/writer_session.hpp"

#include "postgres/pooler.hpp"
#include "store/subscriber.hpp"

namespace simsync
{
namespace
{

const std::string writer_settings = R"(
    set row_security = off;                            -- an error rather than rows that are not shown
    set enable_hashjoin = off;                         -- rows are found by their key, one by one: for a few of them
    set enable_mergejoin = off;                        -- the planner would read the whole table
    set idle_in_transaction_session_timeout = '10s';   -- a process that is stopped in mid-transaction loses its lease
    set tcp_keepalives_idle = 4;                       -- and so does one whose host or network is gone, in 10 s
    set tcp_keepalives_interval = 2;
    set tcp_keepalives_count = 3)";

} // namespace

WriterSession::WriterSession(const std::string& url) : connection_(url, writer_settings)
{
    refuse_pooler(connection_, url);
    refuse_subscriber(connection_);
}

bool WriterSession::is_usable() const noexcept
{
    return connection_.is_open() && connection_.is_idle();
}

void WriterSession::beat()
{
    connection_.autocommit(
        "hold the leases of this instance",
        [](Work& work) { work.exec("set idle_session_timeout = '10s'"); });
}

} // namespace simsync
