#include "io/tcp.hpp"

#include "io/network_failure.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <tuple>
#include <vector>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds connect_limit{10};
constexpr std::size_t most_addresses = 8;

// A getaddrinfo under way cannot be stopped: past the deadline it is left to end by itself, and whatever it
// brings is dropped with this.
struct Resolution
{
    explicit Resolution(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}

    tcp::resolver resolver;
    asio::steady_timer done; // cancelled when the answer is there
    bool answered = false;
    error_code error;
    tcp::resolver::results_type addresses;
};

asio::awaitable<std::shared_ptr<Resolution>>
resolve(asio::any_io_executor executor, const Endpoint& endpoint, Deadline deadline)
{
    auto resolution = std::make_shared<Resolution>(executor);
    resolution->done.expires_at(deadline);
    resolution->resolver.async_resolve(
        endpoint.host, endpoint.port,
        [resolution](error_code error, tcp::resolver::results_type addresses)
        {
            resolution->answered = true;
            resolution->error = error;
            resolution->addresses = std::move(addresses);
            resolution->done.cancel();
        });
    co_await resolution->done.async_wait(as_tuple);
    co_return resolution;
}

std::vector<tcp::endpoint> first_of(const tcp::resolver::results_type& found)
{
    std::vector<tcp::endpoint> addresses;
    for (const auto& entry : found)
        if (addresses.size() < most_addresses)
            addresses.push_back(entry.endpoint());
    return addresses;
}

// Each address gets an even share of the time that is left, so that a dead first one does not cost us the
// second.
asio::awaitable<error_code> connect_any(
    PlainStream& stream, const std::vector<tcp::endpoint>& addresses, const std::size_t& closings,
    Deadline deadline)
{
    const auto closings_before = closings;
    error_code error = asio::error::host_not_found;
    auto left = static_cast<std::chrono::steady_clock::rep>(addresses.size());
    for (const auto& address : addresses)
    {
        stream.expires_after((deadline - std::chrono::steady_clock::now()) / left--);
        std::tie(error) = co_await stream.async_connect(address, as_tuple);
        if (closings != closings_before)
            co_return asio::error::operation_aborted;
        if (!error)
            break;
        stream.socket().close();
    }
    co_return error;
}

} // namespace

asio::awaitable<std::optional<Failure>> connect_tcp(
    PlainStream& stream, const Endpoint& endpoint, const std::size_t& closings, Deadline deadline,
    const std::string& where)
{
    const auto closings_before = closings;
    const auto connect_deadline = at_most(connect_limit, deadline);
    const auto resolution = co_await resolve(stream.get_executor(), endpoint, connect_deadline);
    if (closings != closings_before)
        co_return network_failure(asio::error::operation_aborted, where);
    if (!resolution->answered)
        co_return Failure{
            .kind = FailureKind::timed_out,
            .what = where + ": resolving " + endpoint.host + " took too long"};
    if (resolution->error)
        co_return Failure{
            .kind = FailureKind::unreachable,
            .what = where + ": cannot resolve " + endpoint.host + ": " + resolution->error.message()};
    if (const auto error =
            co_await connect_any(stream, first_of(resolution->addresses), closings, connect_deadline))
        co_return network_failure(error, where + ": cannot connect");
    stream.socket().set_option(tcp::no_delay{true});
    co_return std::nullopt;
}

} // namespace simsync
