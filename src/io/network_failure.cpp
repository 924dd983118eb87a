#include "io/network_failure.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

FailureKind failure_kind_of(const error_code& error)
{
    if (error == beast::error::timeout)
        return FailureKind::timed_out;
    if (error == http::error::header_limit)
        return FailureKind::too_large;
    if (error == http::error::end_of_stream || error == http::error::partial_message)
        return FailureKind::unreachable;
    if (error.category() == make_error_code(http::error::bad_version).category())
        return FailureKind::malformed;
    if (error.category() == asio::error::get_ssl_category())
        return FailureKind::tls;
    return FailureKind::unreachable;
}

std::string why(const error_code& error)
{
    if (error == beast::error::timeout)
        return "it took too long";
    if (error == asio::error::operation_aborted)
        return "the connection was closed by simsync";
    if (error == http::error::end_of_stream || error == asio::error::eof ||
        error == asio::ssl::error::stream_truncated)
        return "the server closed the connection";
    if (error == http::error::partial_message)
        return "the answer was cut short";
    if (error == http::error::header_limit)
        return "its header is larger than " + std::to_string(header_limit) + " bytes";
    return error.message();
}

} // namespace

Failure network_failure(const error_code& error, const std::string& what)
{
    return {.kind = failure_kind_of(error), .what = what + ": " + why(error)};
}

} // namespace simsync
