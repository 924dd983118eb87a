#include "sink/nats_status.hpp"

#include "model/escape.hpp"

namespace simsync
{
namespace
{

FailureKind kind_of(natsStatus status)
{
    switch (status)
    {
    case NATS_CONNECTION_AUTH_FAILED:
        return FailureKind::unauthorized;
    case NATS_NOT_PERMITTED:
        return FailureKind::forbidden;
    case NATS_SSL_ERROR:
    case NATS_SECURE_CONNECTION_WANTED:
    case NATS_SECURE_CONNECTION_REQUIRED:
        return FailureKind::tls;
    case NATS_TIMEOUT:
        return FailureKind::timed_out;
    case NATS_MAX_PAYLOAD:
        return FailureKind::too_large;
    default:
        return FailureKind::unreachable;
    }
}

std::string advice_for(natsStatus status)
{
    switch (status)
    {
    case NATS_SECURE_CONNECTION_REQUIRED:
        return "the server wants TLS: write the sink's url with tls://";
    case NATS_SECURE_CONNECTION_WANTED:
        return "the server has no TLS: give it a certificate, or write the sink's url with nats://";
    case NATS_MAX_PAYLOAD:
        return "raise max_payload in the servers' configuration";
    case NATS_CONNECTION_AUTH_FAILED:
        return "check the sink's secret_file (a token, user:password, a user's nkey seed or a .creds file, "
               "which may have expired) against the server's users (a service takes a new one by: systemctl "
               "restart simsync)";
    case NATS_NO_SERVER:
        return "check the sink's url and whether its servers run";
    default:
        return {};
    }
}

// What libnats last said of it in this thread, without the line of its source: "(conn.c:2088): No server …".
std::string last_words(natsStatus status)
{
    natsStatus last = NATS_OK;
    const char* const detail = nats_GetLastError(&last);
    if (!detail || last != status || *detail == '\0')
        return natsStatus_GetText(status);
    const std::string_view said = detail;
    const auto end = said.find("): ");
    return std::string{said.starts_with('(') && end != said.npos ? said.substr(end + 3) : said};
}

} // namespace

Refusal refusal_of(natsStatus status, const std::string& what)
{
    const unsigned as_http = status == NATS_MAX_PAYLOAD ? 413 : 0;
    return {
        .failure =
            {.kind = kind_of(status),
             .what = what + ": " + escape(last_words(status)),
             .advice = advice_for(status)},
        .status = as_http};
}

} // namespace simsync
