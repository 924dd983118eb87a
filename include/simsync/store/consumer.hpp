// A consumer of the change log: reads on behind what it has acknowledged, each event at least once.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "simsync/store/held_event.hpp"
#include "simsync/store/records.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

class Connection;

// From where, and how much, is read of an account.
struct ReadFrom
{
    std::string account;
    std::int64_t after = 0;
    std::size_t at_most = 0;
};

// One process that reads as the consumer of this name. Its position is in
// simsync.consumer. Every function throws any StoreError; ConsumerLost where it cannot read on.
class Consumer
{
public:
    // Connects and checks the schema.
    Consumer(const std::string& url, std::string name);
    // The same on a connection that others use too, on the same thread; it listens for none of them.
    Consumer(std::shared_ptr<Connection> shared, const std::string& url, std::string name);
    ~Consumer();
    Consumer(const Consumer&) = delete;
    Consumer& operator=(const Consumer&) = delete;

    // Two processes of one name would tell everything twice: false while another one has the lock, which
    // ends with it. Throws PoolerInBetween where a proxy would give the lock to others.
    bool try_lock();

    // Where it has no position yet, it begins behind the events of now instead of before the first.
    void begin_now();

    // The next events of all accounts that match (model/event_match; empty: all), in order; the same again
    // until they are acknowledged. Where none of what comes next does, the position moves past it.
    std::vector<EventRecord> next(std::size_t at_most, const std::string& match = {});

    // Has somebody else moved the position since `next` read from it (a person who acknowledged what cannot
    // be delivered, a restart)? What was read is not what comes next then. As every function it throws where
    // the connection is lost, and the lock with it: to be asked right before something is done that only the
    // holder of the lock may do.
    bool has_moved();

    // The same, of each account for itself: the positions that are not where we know them to be, and where
    // they are; -1: nowhere, somebody has removed it. That is known from then on.
    std::map<std::string, std::int64_t> moved();

    // The next events of all accounts, of these accounts behind what was read before without being
    // acknowledged. Of an account that is not named at most `of_others`, of all together at most `at_most`.
    // In order within each account; who has waited the longest comes first.
    std::vector<EventRecord>
    read_ahead(std::span<const ReadFrom> from, std::size_t of_others, std::size_t at_most);

    // Done with every event up to this seq, of each account. Where somebody else has moved the position
    // meanwhile, that holds: further on, or back, to be told again; no error either way.
    void acknowledge(const std::map<std::string, std::int64_t>& upto);

    // The same, and notes what a stream has acknowledged: the last event of each account.
    void acknowledge(const std::map<std::string, std::int64_t>& upto, const HeldEvents& held);

    // What was noted so last, by whichever process.
    HeldEvents held();

    // The stream, which was `made` then, holds no more of what was noted than this; of an account that is
    // missing here, nothing. Each position is put back behind the last event that it does hold, as far as
    // events are kept; where it holds nothing, behind what was never published into it, or, where it was made
    // anew, it stays. By account; those that lack nothing are left out.
    std::map<std::string, PutBack> put_back(const HeldEvents& held, std::int64_t made);

    // The stream that each account's numbers belong to.
    std::map<std::string, std::string> streams();

    // What stands now, whether or not the events can be read on. has_moved is about this moment from then on.
    std::vector<StandingCondition> standing();

    // What an alert says beyond these events; as many as there are.
    std::vector<AlertContext> alert_contexts(std::span<const EventRecord> events);

    // Notes for `simsync status` what keeps it from delivering until a person acts.
    void note_down(const std::string& error, const std::string& hint);
    void note_up();

    // An event that is not taken, for so long, and why.
    struct StuckAt
    {
        std::int64_t seq = 0;
        std::chrono::milliseconds lasts{};
        std::string error;
    };
    // Notes for `simsync consumer list` at which events it is stuck, by account; in the others it gets on.
    void note_stuck(const std::map<std::string, StuckAt>& stuck);

    // As Reader::wait; whether a commit was notified.
    bool wait(std::chrono::milliseconds at_most);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
