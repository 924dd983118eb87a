// Somebody who reads events as any consumer does, and remembers what was said to it.
#pragma once

#include "harness/cluster.hpp"

#include <atomic>
#include <map>
#include <string>
#include <thread>

namespace simsync::test
{

class RememberingConsumer
{
public:
    // Begins to read at once, by `simsync.read_events`, on a thread of its own.
    explicit RememberingConsumer(std::string url);
    ~RememberingConsumer();
    RememberingConsumer(const RememberingConsumer&) = delete;
    RememberingConsumer& operator=(const RememberingConsumer&) = delete;

    // Reads what is left and ends. What was wrong with what it was told, one line each: an id that came with
    // two contents; and an event that is not there any more, or was never told, although simsync.numbering
    // does not say that its number was lost.
    std::string complaints();

    int told_of_losses() const noexcept { return losses_; } // errors of read_events
    std::size_t read() const noexcept { return read_; }

private:
    void run();
    bool read_on(PGconn* session);
    void remember(const PGresult* events);
    std::string settle(PGconn* session) const;

    std::string url_;
    struct Told
    {
        long seq;
        std::string content;
    };
    std::map<std::string, Told> told_; // by public id
    std::string complaints_;
    std::atomic<std::size_t> read_ = 0;
    std::atomic<int> losses_ = 0;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

} // namespace simsync::test
