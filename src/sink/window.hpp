// Which events may be on their way to a receiver at the same time, and how far a consumer is meanwhile. Pure.
//
// Events enter in the order of their numbers. One whose SIM has another on its way waits until that one has
// arrived; those of other SIMs pass it. The position of an account is before the first that has not arrived,
// so whatever ends this process, nothing is missed: what had arrived behind the position comes again.
//
// What concerns an account as a whole (no SIM) is in order with what else concerns that account, and is no
// barrier to its SIMs: it says how far the mirror is to be trusted, which no event of a SIM depends on; as a
// barrier it would let each degradation wait for the slowest request of a whole fleet, and one that the
// receiver refuses would hold up every SIM.
#pragma once

#include "simsync/store/records.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

enum class WindowOrder
{
    within_sims, // one event of a SIM at a time
    one_line,    // one event at a time, of all accounts
};

class Window
{
public:
    using Time = std::chrono::steady_clock::time_point;
    using Order = std::uint64_t;

    struct Entry
    {
        EventRecord event;
        Order order = 0; // in which they entered, over all accounts
        Order epoch = 0; // of its account: `forget` begins another
    };

    // What one request carries, in order.
    struct Group
    {
        std::vector<std::shared_ptr<const Entry>> entries;
        int refusals = 0; // how often it was given back
    };

    // `look_ahead`: most events from the positions on; so many may come twice after a crash.
    // `group`: most events that `take` hands out together.
    Window(std::size_t look_ahead, std::size_t group, WindowOrder order = WindowOrder::within_sims);

    // How many more events of an account may enter: half of what is free beyond its own, so that one account
    // whose events are not taken leaves room for the others, however many such accounts there are.
    std::size_t room(const std::string& account) const;
    std::size_t room_of_a_newcomer() const; // of an account that has none in here

    // The last that entered of each account, also where all have arrived since: one reads on behind it.
    std::map<std::string, std::int64_t> entered() const;

    // Comes next in its account.
    void add(EventRecord event);
    // The same for one that is not to be sent: done with as soon as those before it are.
    void pass(const std::string& account, std::int64_t seq);

    // The first that may be sent now, on their way from then on until each is told of below. None where all
    // wait for others, or until later. What was given back comes as it was, in one group.
    std::optional<Group> take(Time now);
    // Most events that it hands out together from now on, of those that were not handed out before.
    void group_of(std::size_t at_most) { group_ = at_most; }

    // An event has arrived.
    void arrived(const Entry& entry);
    // It goes again, as this group, not before then; what is of the same SIMs waits for it.
    void give_back(Group group, Time not_before);
    // It was not sent: an event before it, of the same SIM, was given back, and it waits behind that one.
    void put_back(const std::shared_ptr<const Entry>& entry);

    // When the first of those that were given back may be sent; none waits: nothing.
    std::optional<Time> next_due() const;

    // Somebody has moved the account's position. Further on among what is in here: what lies before it is
    // dropped. Elsewhere: all of the account is, and it begins anew there. What is on its way and dropped
    // leaves no trace when it arrives, but still keeps the next of its SIM waiting.
    void move(const std::string& account, std::int64_t position);
    void forget(const std::string& account);
    void forget_all();

    // How far each account can be acknowledged, of those for which that has moved since it was.
    const std::map<std::string, std::int64_t>& done() const noexcept { return done_; }
    void acknowledged(const std::string& account, std::int64_t seq);

    // Is there anything that could be sent at once?
    bool waits() const noexcept { return !ready_.empty() || !again_.empty(); }
    std::size_t size() const noexcept { return held_; }               // from the positions on
    std::size_t on_their_way() const noexcept { return on_the_way_; } // handed out and not told of yet

private:
    using Entries = std::deque<std::shared_ptr<const Entry>>;
    struct Slot
    {
        std::int64_t seq = 0;
        bool is_done = false;
    };
    struct Account
    {
        std::deque<Slot> slots;   // from the position on
        std::int64_t entered = 0; // the last; 0: none
        Order epoch = 0;
        std::int64_t skipped = 0; // up to this one they are dropped
    };
    // The events of a SIM.
    struct Line
    {
        Entries waiting;
        std::size_t out = 0; // on their way, or given back: those that wait have to
    };

    std::string key_of(const EventRecord& event) const;
    bool is_forgotten(const Entry& entry) const;
    void wake_those_due(Time now);
    Group next_of_ready();
    void settle(const std::string& name, Account& account);
    void release(const EventRecord& event);
    template<class Key>
    void drop_forgotten(std::multimap<Key, Group>& groups);
    void drop_forgotten();

    std::size_t look_ahead_;
    std::size_t group_;
    WindowOrder order_;
    Order entered_ = 0;
    Order epochs_ = 0;
    std::size_t held_ = 0;
    std::size_t on_the_way_ = 0;
    std::map<std::string, Account> accounts_;
    std::map<std::string, Line> lines_;
    std::map<Order, std::string> ready_; // lines of which nothing is out, by their first event
    std::multimap<Time, Group> resting_; // given back
    std::multimap<Order, Group> again_;  // that have rested, by their first event
    std::map<std::string, std::int64_t> done_;
};

} // namespace simsync
