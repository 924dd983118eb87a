#include "store/holder_session.hpp"

namespace simsync
{

void beat(Connection& session, const std::string& doing)
{
    session.autocommit(doing, [](Work& work) { work.exec("set idle_session_timeout = '10s'"); });
}

} // namespace simsync
