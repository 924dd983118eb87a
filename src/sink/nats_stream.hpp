// A JetStream stream as who publishes in order needs it: where it ends, and what it answers. The real one is
// NatsConnection; tests have one that forgets, delays and changes its leader.
#pragma once

#include "simsync/store/held_event.hpp"
#include "sink/nats_answer.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace simsync
{

struct StreamEnd
{
    std::string stream{};                           // its name
    std::uint64_t last_seq = 0;                     // before what follows was read
    std::int64_t made = 0;                          // as HeldEvent::made
    bool lacks = false;                             // what it once acknowledged, of which it was asked
    std::map<std::string, HeldEvent> last_events{}; // by account: its last event that is stored
};

// What has to be the stream's last message, or what is published is not stored.
struct ExpectedEnd
{
    std::variant<std::monostate, std::uint64_t, std::string> last; // nothing; its sequence; its id
};

struct NatsMessage
{
    std::string_view account; // the subject is made of these two
    std::string_view kind;
    std::string_view id;
    std::string_view body;
    ExpectedEnd behind;
};

struct NatsReply
{
    std::uint64_t token = 0; // of what was published
    PublishAnswer answer;
};

// Each call waits as long as the sink's timeout says at most. After a refusal of its own the connection is
// thrown away, and the next `find_end` makes another.
class NatsStream
{
public:
    virtual ~NatsStream() = default;

    // False where there is no connection, or it ended unnoticed while nothing was published.
    virtual bool is_open() const = 0;

    // Connects where there is no connection. The accounts: whose last events are looked for. `acknowledged`:
    // the stream lacks it where it ends before that place, has something else there, or was made anew. What
    // has left it from its beginning on (too old, purged) is not lacked.
    virtual std::variant<StreamEnd, Refusal>
    find_end(const std::set<std::string>& accounts, const std::optional<HeldEvent>& acknowledged) = 0;

    // Sends it and does not wait. `token` comes back with the answer.
    virtual std::optional<Refusal> publish(const NatsMessage& message, std::uint64_t token) = 0;

    // The next answer, to whatever was published.
    virtual std::variant<NatsReply, Refusal> receive() = 0;
};

} // namespace simsync
