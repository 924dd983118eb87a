// What a person does with consumers: where each stands, what lies between it and another place, and the step
// there. A connection of a command's own; whoever reads as the consumer notices with its next look.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "simsync/store/records.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// How many events of one kind lie in a stretch of an account's log.
struct EventTally
{
    std::string kind;
    bool standing = false; // what stood before simsync came
    std::int64_t events = 0;

    bool operator==(const EventTally&) const = default;
};

class ConsumerRegistry
{
public:
    // Connects and checks the schema. Throws any StoreError, as every function here does.
    explicit ConsumerRegistry(const std::string& url);
    ~ConsumerRegistry();
    ConsumerRegistry(const ConsumerRegistry&) = delete;
    ConsumerRegistry& operator=(const ConsumerRegistry&) = delete;

    // By consumer and account; of all consumers, or of one.
    std::vector<ConsumerPosition> positions(const std::optional<std::string>& consumer = {});

    // The account's oldest event that is kept; one behind the last where none is.
    std::int64_t oldest_kept(const std::string& account);

    // The events after `after` and up to `upto`, by kind, the most first.
    std::vector<EventTally> tally(const std::string& account, std::int64_t after, std::int64_t upto);
    // Empty where it is not kept.
    std::optional<EventRecord> event(const std::string& account, std::int64_t seq);

    // Puts them where `to` says, all or none. Throws TransactionConflict where one has acknowledged another
    // event meanwhile than `from.acked_seq`.
    struct Move
    {
        ConsumerPosition from;
        std::int64_t to = 0; // done with every event up to this one
    };
    void move(const std::vector<Move>& moves);

    // Forgets it, in one account or in all. False while somebody reads as it: then nothing was done.
    bool remove(const std::string& consumer, const std::optional<std::string>& account);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
