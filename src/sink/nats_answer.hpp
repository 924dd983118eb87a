// What JetStream answers to what is published, and what that means. Pure.
#pragma once

#include "sink/receipt.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace simsync
{

// The stream holds it now, or held it before.
struct PublishAck
{
    std::uint64_t seq = 0; // its place in the stream
    bool duplicate = false;
};

// The stream's end is not where it was expected: somebody else published, or what came before it did not
// arrive. Nothing was stored.
struct StreamMoved
{
};

using PublishAnswer = std::variant<PublishAck, StreamMoved, Refusal>;

// Of the reply to something published into the stream. Its name and the prefix of the subjects are for what
// is said.
PublishAnswer judge_publish(std::string_view reply, std::string_view stream, std::string_view prefix);

// Nobody listens to the subject of what was published: the stream has not this one, or no leader just now.
Refusal nobody_stores(std::string_view stream, std::string_view prefix);

// Names of a $JS.API.STREAM.NAMES reply: the stream that takes all subjects behind the prefix, or why there
// is no such one.
std::variant<std::string, Refusal> judge_stream_names(std::string_view reply, std::string_view prefix);

// The account of the server has no JetStream.
Refusal no_jetstream();

// What `simsync check` asks of a stream.
struct StreamFacts
{
    std::string name;
    std::chrono::milliseconds duplicate_window{};
    std::int64_t replicas = 1;
};

// Whether its server may have forgotten an event's id when that event comes once more, at the latest. The
// sink's order does not depend on it; what another sender's late copy does, may.
std::optional<Refusal> doubt_about(const StreamFacts& stream, std::chrono::milliseconds timeout);

// "nats stream add SIMSYNC --subjects 'simsync.>' …": what makes the stream that is missing.
std::string stream_command(std::string_view prefix);

} // namespace simsync
