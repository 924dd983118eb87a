#include "sink/nats_publishing.hpp"

#include <algorithm>
#include <stdexcept>

namespace simsync::test
{

using namespace std::chrono;

std::vector<Delivery> deliveries(std::int64_t from, std::int64_t upto)
{
    const std::string body(600, 'x');
    std::vector<Delivery> made;
    for (auto seq = from; seq <= upto; ++seq)
    {
        auto& each = made.emplace_back();
        each.account = seq % 3 == 0 ? "other" : "main";
        each.id = each.account + ':' + std::to_string(seq);
        each.seq = seq;
        each.kind = seq % 2 == 0 ? "sim.blocked" : "balance.changed";
        each.body = body;
    }
    return made;
}

std::vector<std::string> ids_of(std::span<const Delivery> events)
{
    std::vector<std::string> ids;
    for (const auto& each : events)
        ids.push_back(each.id);
    return ids;
}

NatsOptions nats_options(const std::string& url, milliseconds timeout)
{
    return {
        .address = parse_nats_address(url).value(),
        .prefix = "simsync",
        .timeout = timeout,
        .ca_file = {},
        .name = "simsync test"};
}

void publish_all(NatsPublisher& publisher, std::span<const Delivery> events)
{
    for (const auto end = steady_clock::now() + minutes{2}; !events.empty();)
    {
        const auto published = publisher.publish(events.first(std::min<std::size_t>(events.size(), 1000)));
        events = events.subspan(published.taken);
        if (steady_clock::now() > end)
            throw std::runtime_error(
                published.refusal ? published.refusal->failure.what : "it takes for ever");
    }
}

std::vector<std::string> stored_ids(NatsServers& servers)
{
    std::vector<std::string> ids;
    for (const auto& each : servers.messages("SIM"))
        ids.push_back(each.id);
    return ids;
}

} // namespace simsync::test
