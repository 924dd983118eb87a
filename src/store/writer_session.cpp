#include "store/writer_session.hpp"

#include "postgres/pooler.hpp"
#include "store/holder_session.hpp"
#include "store/subscriber.hpp"

namespace simsync
{
namespace
{

const std::string writer_settings = R"(
    set row_security = off;                            -- an error rather than rows that are not shown
    set enable_hashjoin = off;                         -- rows are found by their key, one by one: for a few of them
    set enable_mergejoin = off;                        -- the planner would read the whole table
)" + holder_settings;

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
    simsync::beat(connection_, "hold the leases of this instance");
}

} // namespace simsync
