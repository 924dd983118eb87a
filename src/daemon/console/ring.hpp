// The last events, and who follows them: positions, filters, queues and what went by too fast. Pure: it
// neither reads events nor sends any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// How far somebody is in an account's events, and in which numbering of them: the first eight digits of its
// stream_id.
struct LivePosition
{
    std::string stream;
    std::int64_t seq = 0;

    bool operator==(const LivePosition&) const = default;
};
using LivePositions = std::map<std::string, LivePosition>; // by account

// "backup@0be1d3f2:17,main@5f3c2a90:3064": the `id` of what is streamed, and what comes back as
// Last-Event-ID. Empty where the text is none.
std::string positions_text(const LivePositions& positions);
std::optional<LivePositions> parse_positions(std::string_view text);

// An event as it is sent, with what it is chosen by.
struct LiveEvent
{
    std::string account;
    std::int64_t seq = 0;
    std::string kind;
    std::optional<std::string> sim;
    std::string json;
};

struct LiveFilter
{
    std::optional<std::string> account;         // empty: all
    std::optional<std::string> sim;             // empty: all, and what is of no SIM
    std::optional<std::set<std::string>> kinds; // empty: all

    bool takes(const LiveEvent& event) const;
    bool takes_account(const std::string& name) const { return !account || *account == name; }
};

// Why what somebody holds is not continued.
enum class Reset
{
    renumbered, // the account's events are numbered anew, or end before what it has
    behind,     // more has happened since than is told again
    retention,  // what comes next was dropped
    unreadable, // what it said of where it is means nothing
};
std::string_view to_text(Reset reason); // "renumbered"

// Somebody who follows: what it has not taken yet.
class Follower
{
public:
    static constexpr std::size_t most_queued = 256; // beside what it missed while it was away

    explicit Follower(LiveFilter filter) : filter_(std::move(filter)) {}

    // The next event to send; null where there is none.
    std::shared_ptr<const LiveEvent> take();
    // Where it is after all that it has taken: every event up to here was taken, is none of its own, or was
    // dropped.
    const LivePositions& positions() const noexcept { return sent_; }

    // How many events went since this was last asked, because it took them too slowly: the oldest.
    std::size_t take_dropped() noexcept;
    // Whether what it holds is continued; told once.
    std::optional<Reset> take_reset() noexcept;

    // What it missed, in order, of before all that is queued. Of a follower that was reset meanwhile:
    // nothing.
    void put_before(std::vector<LiveEvent> missed);
    // What it holds is not continued: it goes on from now.
    void reset(Reset reason);

    const LiveFilter& filter() const noexcept { return filter_; }

private:
    friend class Ring;
    void put(const std::shared_ptr<const LiveEvent>& event);
    void sees(const std::string& account, const LivePosition& position);

    LiveFilter filter_;
    std::deque<std::shared_ptr<const LiveEvent>> queue_;
    std::size_t missed_ = 0; // of these are not bounded
    LivePositions seen_;     // the end of the ring
    LivePositions sent_;
    std::size_t dropped_ = 0;
    std::optional<Reset> reset_;
};

// What the log has to be asked for somebody who comes back, beyond what is kept.
struct MissedEvents
{
    LivePositions after;
    std::map<std::string, std::int64_t> upto; // the last of them by account
};

class Ring
{
public:
    static constexpr std::size_t most_kept = 1000;
    static constexpr std::int64_t most_told_again = 2000; // from the log

    // Where each account's events are now. An account that is new goes on from its first event that is put.
    // Where one is numbered anew, those who follow it are reset and nothing before is kept.
    void begin(const LivePositions& now);
    // Whether these numbers continue those that it has.
    bool is_continued_by(const LivePositions& now) const;

    // The event behind the last one of its account. One that is here already changes nothing.
    void put(LiveEvent event);

    const LivePositions& end() const noexcept { return end_; }

    // From now on.
    std::shared_ptr<Follower> follow(LiveFilter filter);
    // From these positions on: what is kept behind them is queued. `missed` is what it needs beside that, to
    // be handed to put_before; or it was reset, and follows from now on.
    std::shared_ptr<Follower>
    follow_from(const LivePositions& positions, LiveFilter filter, MissedEvents& missed);

    void leave(const std::shared_ptr<Follower>& follower) { followers_.remove(follower); }
    const std::list<std::shared_ptr<Follower>>& followers() const noexcept { return followers_; }

private:
    std::optional<Reset> cannot_go_on(const LivePositions& positions, const LiveFilter& filter) const;

    std::deque<std::shared_ptr<const LiveEvent>> kept_;
    LivePositions begin_; // before the first event that is kept
    LivePositions end_;
    std::list<std::shared_ptr<Follower>> followers_;
};

} // namespace simsync
