// What a receiver's answer means.
#include "sink/receipt.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

const auto now = std::chrono::sys_seconds{std::chrono::seconds{1'795'680'000}};

std::optional<Failure> judged(unsigned status, const std::string& body = {},
                              const std::string& retry_after = {})
{
    HttpReply reply;
    reply.status = status;
    reply.body = body;
    reply.retry_after = retry_after;
    return judge_delivery(reply, now);
}

TEST(Receipt, is_any_2xx_and_nothing_else)
{
    for (const unsigned status : {200U, 201U, 202U, 204U})
        EXPECT_FALSE(judged(status)) << status;
    EXPECT_EQ(judged(301)->trouble, Trouble::redirected);
    EXPECT_EQ(judged(400)->trouble, Trouble::refused);
    EXPECT_EQ(judged(401)->trouble, Trouble::unauthorized);
    EXPECT_EQ(judged(410)->trouble, Trouble::refused);
    EXPECT_EQ(judged(429)->trouble, Trouble::throttled);
    EXPECT_EQ(judged(503)->trouble, Trouble::server_error);
}

TEST(Receipt, quotes_what_the_receiver_says_as_one_line)
{
    EXPECT_EQ(judged(400, "no\nroute")->what, "the receiver answers 400: no\\x0Aroute");
}

TEST(Receipt, minds_when_to_come_again)
{
    EXPECT_EQ(judged(429, "", "7")->retry_after, std::chrono::seconds{7});
    EXPECT_EQ(judged(503, "", "soon")->retry_after, std::nullopt);
}

TEST(Receipt, has_a_hint_for_every_refusal)
{
    for (const auto trouble : {Trouble::unreachable, Trouble::timed_out, Trouble::tls, Trouble::unauthorized,
                               Trouble::redirected, Trouble::server_error})
        EXPECT_THAT(delivery_hint(trouble), testing::HasSubstr("it is sent again"));
}

} // namespace
} // namespace simsync
