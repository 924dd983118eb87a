#include "sink/receipt.hpp"

#include "io/http_dates.hpp"
#include "model/escape.hpp"
#include "sink/discretion.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

FailureKind failure_kind_of(unsigned status)
{
    if (status == 401)
        return FailureKind::unauthorized;
    if (status == 403 || status == 407)
        return FailureKind::forbidden;
    if (status == 429)
        return FailureKind::throttled;
    if (status == 413)
        return FailureKind::too_large;
    if (status >= 500)
        return FailureKind::server_error;
    return status >= 300 && status < 400 ? FailureKind::redirected : FailureKind::refused;
}

std::string said_by(const HttpReply& reply, std::span<const std::string> secrets)
{
    if (reply.body.empty())
        return {};
    return gives_away(reply.body, secrets)
               ? " (what it says repeats its address or a secret and is not shown)"
               : ": " + escape(reply.body);
}

bool is_client_error(unsigned status)
{
    return status >= 400 && status < 500;
}

// What would be tried first.
std::string cure(const Refusal& refusal)
{
    if (!refusal.failure.advice.empty())
        return refusal.failure.advice;
    switch (refusal.failure.kind)
    {
    case FailureKind::unreachable:
    case FailureKind::timed_out:
        return "check the sink's url and whether its receiver runs";
    case FailureKind::tls:
        return "check the receiver's certificate; a private authority goes into the sink's ca_file";
    case FailureKind::unauthorized:
    case FailureKind::forbidden:
        return "check the sink's secret_file against the receiver's secret (a service takes a new one by: "
               "systemctl restart simsync)";
    case FailureKind::redirected:
        return "set the sink's url to the address that the receiver redirects to, if you trust it";
    case FailureKind::too_large:
        return "let the receiver, or the proxy before it, take larger requests";
    default:
        return refusal.status == 404 || refusal.status == 405 ? "check the path of the sink's url"
                                                              : "see the receiver's log";
    }
}

} // namespace

std::optional<Refusal> judge_delivery(
    const HttpReply& reply, std::chrono::sys_seconds local_now, std::span<const std::string> secrets)
{
    if (reply.status >= 200 && reply.status < 300)
        return std::nullopt;
    Refusal refusal;
    refusal.status = reply.status;
    refusal.failure.kind = failure_kind_of(reply.status);
    refusal.failure.what = "the receiver answers " + std::to_string(reply.status) + said_by(reply, secrets);
    refusal.failure.retry_after =
        parse_retry_after(reply.retry_after, parse_http_date(reply.date).value_or(local_now));
    return refusal;
}

bool is_about_the_content(const Refusal& refusal)
{
    // Who comes, where to, how and when; 410 is for good.
    constexpr std::array not_about_it{401U, 402U, 403U, 404U, 405U, 407U, 408U, 410U, 421U, 423U, 425U, 429U};
    return is_client_error(refusal.status) &&
           std::ranges::find(not_about_it, refusal.status) == not_about_it.end();
}

bool is_gone(const Refusal& refusal)
{
    return refusal.status == 410;
}

std::string delivery_hint(const Refusal& refusal, const std::string& way_past)
{
    if (is_gone(refusal))
        return "nothing more is sent to it until simsync is reloaded or restarted; its events wait: set the "
               "sink's url "
               "to where the receiver is now, or take the sink out of the configuration";
    auto hint = cure(refusal) + "; it is sent again until it is taken, and what has to come behind it waits";
    if (is_client_error(refusal.status) && !way_past.empty())
        hint += "; to leave it out: " + way_past;
    return hint;
}

} // namespace simsync
