// One thread and one writing connection, in which the database threads of several accounts take turns.
#pragma once

#include "io/blocking_thread.hpp"
#include "store/writer_session.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

namespace simsync
{

// The connection beats from its beginning, so that somebody has to go on with that (WriterSession::beat) or
// let go of it. It is made for the first account that asks, and made anew for the first that asks once it was
// lost. An account goes on having the one that it was given: with a lost one it can do nothing but ask again,
// take its lease and read.
class WriterLane
{
public:
    WriterLane() = default;
    WriterLane(const WriterLane&) = delete;
    WriterLane& operator=(const WriterLane&) = delete;

    BlockingThread& thread() noexcept { return thread_; }

    // On the lane's thread: its connection, made where there is none that can be used. Where that failed a
    // moment ago it is not tried again for each account that waits: all get that failure. Throws any
    // StoreError.
    std::shared_ptr<WriterSession> session(const std::string& url);
    // On the lane's thread: grows with each connection that is made and with each that is lost.
    std::uint64_t number() const noexcept { return number_; }

    struct Beat
    {
        std::uint64_t number = 0;  // those who were given an earlier connection have lost it
        std::exception_ptr lost{}; // the StoreError by which that turned out just now
    };

    // WriterSession::beat, where there is a connection; one that fails in it is given up. Throws nothing.
    boost::asio::awaitable<Beat> beat();

    // Nobody uses it any more.
    boost::asio::awaitable<void> let_go();

private:
    Beat beat_here() noexcept;
    void give_up() noexcept;

    // Touched on its thread only.
    std::shared_ptr<WriterSession> session_;
    std::uint64_t number_ = 0;
    std::exception_ptr failure_; // to connect
    std::chrono::steady_clock::time_point failed_at_;

    BlockingThread thread_; // the first to go: it waits for what it has begun
};

} // namespace simsync
