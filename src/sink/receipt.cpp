#include "sink/receipt.hpp"

#include "api/retry_after.hpp"
#include "simsync/model/escape.hpp"

namespace simsync
{
namespace
{

Trouble trouble_of(unsigned status)
{
    if (status == 401)
        return Trouble::unauthorized;
    if (status == 403)
        return Trouble::forbidden;
    if (status == 429)
        return Trouble::throttled;
    if (status >= 500)
        return Trouble::server_error;
    return status >= 300 && status < 400 ? Trouble::redirected : Trouble::refused;
}

} // namespace

std::optional<Failure> judge_delivery(const HttpReply& reply, std::chrono::sys_seconds local_now)
{
    if (reply.status >= 200 && reply.status < 300)
        return std::nullopt;
    std::string what = "the receiver answers " + std::to_string(reply.status);
    if (!reply.body.empty())
        what += ": " + escape(reply.body);
    return Failure{.trouble = trouble_of(reply.status),
                   .what = std::move(what),
                   .retry_after =
                       parse_retry_after(reply.retry_after, parse_http_date(reply.date).value_or(local_now)),
                   .unknown_fields = {}};
}

std::string delivery_hint(Trouble trouble)
{
    const std::string goes_on = "; it is sent again until it is taken, and what comes behind it waits";
    switch (trouble)
    {
    case Trouble::unreachable:
    case Trouble::timed_out:
        return "check the sink's url and whether its receiver runs" + goes_on;
    case Trouble::tls:
        return "check the receiver's certificate; a private authority goes into the sink's ca_file" + goes_on;
    case Trouble::unauthorized:
    case Trouble::forbidden:
        return "check the sink's secret_file against the receiver's secret (a service takes a new one by: "
               "systemctl "
               "restart simsync)" +
               goes_on;
    case Trouble::redirected:
        return "set the sink's url to the address that the receiver redirects to, if you trust it" + goes_on;
    default:
        return "see the receiver's log" + goes_on;
    }
}

} // namespace simsync
