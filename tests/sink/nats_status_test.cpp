// What is told of a NATS server that is not there: its words without libnats' own lines, and what to look at.
#include "sink/nats_connection.hpp"

#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

TEST(NatsStatus, OfAServerThatIsAwayIsToldWithoutTheLibrarysSourceLines)
{
    NatsConnection connection{
        {.address = parse_nats_address("nats://127.0.0.1:1").value(),
         .prefix = "simsync",
         .timeout = 2s,
         .ca_file = {},
         .name = "simsync test"}};
    const auto failure = std::get<Refusal>(connection.look()).failure;
    EXPECT_EQ(failure.what, "NATS nats://127.0.0.1:1 cannot be reached: No server available for connection");
    EXPECT_EQ(hint(failure), "check the sink's url and whether its servers run");
}

} // namespace
} // namespace simsync::test
