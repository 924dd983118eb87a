#include "sink/nats_sender.hpp"

#include <utility>

namespace simsync
{

NatsSender::NatsSender(NatsOptions options) : connection_(std::move(options)), publisher_(connection_) {}

NatsSender::~NatsSender()
{
    publisher_.stop();
    connection_.cut();
}

boost::asio::awaitable<Published>
NatsSender::publish(std::span<const Delivery> deliveries, std::optional<NatsCredentials> credentials)
{
    co_return co_await thread_(
        [&]
        {
            connection_.log_in_with(std::move(credentials));
            return publisher_.publish(deliveries);
        });
}

NatsOptions nats_options(
    const std::string& url, const std::string& prefix, std::chrono::milliseconds timeout,
    const std::string& ca_file)
{
    return {
        .address = parse_nats_address(url).value(),
        .prefix = prefix,
        .timeout = timeout,
        .ca_file = ca_file,
        .name = "simsync"};
}

} // namespace simsync
