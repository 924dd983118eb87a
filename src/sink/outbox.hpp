// Events on their way to one receiver, side by side: how many at once, when what was refused goes again, and
// when nothing goes at all. It knows neither the database nor what a request looks like.
#pragma once

#include "sink/batch_limit.hpp"
#include "sink/receipt.hpp"
#include "sink/send_limit.hpp"
#include "sink/window.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace simsync
{

// What became of the events of one group. What has neither arrived nor is to blame was not taken, because of
// the failure, or was not sent, because one before it of the same SIM is to blame.
struct SendResult
{
    std::vector<bool> arrived;                             // of each, in order
    std::vector<std::pair<std::size_t, Refusal>> to_blame; // which, and why: each was refused alone
    std::optional<Refusal> failure{};                      // not about what was sent
    // All arrived, but in parts, for together they were refused: so many had the largest part. 0: they were
    // not.
    std::size_t fits = 0;
};

struct OutboxOptions
{
    std::size_t concurrency = 1; // most groups on their way
    std::size_t batch = 1;       // most events in one
    std::size_t look_ahead = 1;  // most events in the window
    Backoff resend = simsync::resend;
};

// What is told of it, on its executor.
struct OutboxObserver
{
    std::function<bool()>
        may_send;                 // asked before each: is the right to deliver still ours, as far as we know?
    std::function<void()> landed; // something has ended: there may be more to do
    std::function<void(std::size_t)> delivered; // events that have arrived
    // An event is held, and with it its SIM; asked again it is told again.
    std::function<void(const EventRecord&, const Refusal&)> held;
    // That event is not held any more: it has arrived, or a person has moved the position past it.
    std::function<void(const EventRecord&)> released;
    // Nothing is taken at the moment, whatever is sent: a group of so many events, of which this is the
    // first, was not.
    std::function<void(const EventRecord&, std::size_t, const Refusal&)> failed;
    // It was too much at once: less is sent, and that goes on.
    std::function<void(const Refusal&)> slowed;
};

// Single-threaded. Outlives what it has sent: see `on_their_way`.
class Outbox
{
public:
    using Time = Window::Time;
    // Sends a group once, and throws for defects only.
    using Send = std::function<boost::asio::awaitable<SendResult>(const Window::Group&)>;

    Outbox(boost::asio::any_io_executor executor, OutboxOptions options, Send send, OutboxObserver observer);

    // Drops all that waits: the position is read anew.
    void begin_anew();
    // Somebody has moved this account's position; negative: has forgotten it.
    void moved(const std::string& account, std::int64_t position);
    Window& window() noexcept { return window_; }
    const Window& window() const noexcept { return window_; }

    // The lock was ours, and the positions where we know them, when this was asked of the database: what has
    // rested until then may go, and what is new for a second.
    void trust(Time asked_at);
    // Sends what may go now.
    void send();

    std::size_t on_their_way() const noexcept { return requests_; } // requests
    // When something that rests may go, once the right to deliver was asked for again.
    std::optional<Time> next_due() const;
    // The receiver is gone for good, as it says: nothing is sent any more.
    const std::optional<Refusal>& gone() const noexcept { return gone_; }

private:
    boost::asio::awaitable<void> carry(Window::Group group);
    void settle(Window::Group group, const SendResult& outcome, Time began);
    void note_size(std::size_t events, const SendResult& outcome);
    void note_arrivals(const Window::Group& group, const SendResult& outcome, Time began);
    void hold(const Window::Group& group, std::size_t place, const Refusal& refusal);
    void give_back_rest(Window::Group group, const SendResult& outcome, Time began);
    Time rest_after(const Window::Group& rest, const Refusal& failure, Time began);
    Window::Group split_off_half(Window::Group& group);
    void tell_held(const EventRecord& event, const Refusal& refusal);
    void pause(const Refusal& refusal, Time began);
    void release(const EventRecord& event);

    boost::asio::any_io_executor executor_;
    OutboxOptions options_;
    Send send_;
    OutboxObserver observer_;
    Window window_;
    SendLimit limit_;
    BatchLimit batch_limit_;
    std::size_t requests_ = 0;
    Time asked_at_{};
    Time taken_at_{};                  // when something was taken last
    Time paused_at_{};                 // when nothing was taken last
    Time pause_ends_{};                // before which nothing is sent
    int failures_ = 0;                 // in a row, of one at a time
    std::size_t refused_in_a_row_ = 0; // different events, while nothing arrived
    std::map<std::pair<std::string, std::int64_t>, EventRecord> held_; // by account and seq
    std::optional<Refusal> gone_;
};

} // namespace simsync
