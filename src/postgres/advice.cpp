// By the environment that systemd gives a service (systemd.exec(5)).
#include "postgres/advice.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace simsync
{
namespace
{

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

bool has_a_home()
{
    const auto home = variable("HOME");
    return !started_by_a_service_manager() && !home.empty() && home != "/" && home != "/nonexistent";
}

} // namespace

// A terminal of a desktop inherits INVOCATION_ID from the service that opened it, and is read by a person.
bool started_by_a_service_manager()
{
    return !variable("NOTIFY_SOCKET").empty() || !variable("CREDENTIALS_DIRECTORY").empty() ||
           (!variable("INVOCATION_ID").empty() && isatty(STDERR_FILENO) == 0);
}

std::string advice_on_password()
{
    std::string advice = "write it into a file of its own, mode 0600, that [database] password_file names";
    if (started_by_a_service_manager())
        advice += ", below /etc/simsync; then: systemctl restart simsync";
    else if (has_a_home())
        advice += "; whoever has a role of their own keeps its password in ~/.pgpass";
    return advice;
}

std::string advice_on_refused_login()
{
    std::string advice = "check the user, its password (in the file that [database] password_file names";
    if (has_a_home())
        advice += ", or in ~/.pgpass";
    advice += "), and pg_hba.conf on the server";
    if (started_by_a_service_manager())
        advice += "; a new password is taken by systemctl restart simsync";
    return advice;
}

std::string advice_on_schema()
{
    return started_by_a_service_manager()
               ? "run, as the schema's owner: sudo -u postgres simsync migrate; then: systemctl restart "
                 "simsync"
               : "run: simsync migrate, as the schema's owner (sudo -u postgres simsync migrate)";
}

} // namespace simsync
