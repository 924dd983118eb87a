#include "sink/window.hpp"

#include "sink/cloud_event.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace simsync
{

Window::Window(std::size_t look_ahead, std::size_t group, WindowOrder order)
    : look_ahead_(look_ahead),
      group_(group),
      order_(order)
{
}

std::string Window::key_of(const EventRecord& event) const
{
    return order_ == WindowOrder::one_line ? std::string{} : partition_key(event);
}

std::size_t Window::room(const std::string& account) const
{
    const auto found = accounts_.find(account);
    const auto own = found == accounts_.end() ? 0 : found->second.slots.size();
    const auto free = look_ahead_ - std::min(look_ahead_, held_);
    return free > own ? (free - own + 1) / 2 : 0;
}

std::size_t Window::room_of_a_newcomer() const
{
    return (look_ahead_ - std::min(look_ahead_, held_) + 1) / 2;
}

std::map<std::string, std::int64_t> Window::entered() const
{
    std::map<std::string, std::int64_t> last;
    for (const auto& [name, account] : accounts_)
        if (account.entered > 0)
            last.emplace(name, account.entered);
    return last;
}

void Window::add(EventRecord event)
{
    auto& account = accounts_[event.account];
    account.slots.push_back({event.seq, false});
    account.entered = event.seq;
    ++held_;
    const auto key = key_of(event);
    auto& line = lines_[key];
    const auto order = ++entered_;
    if (line.out == 0 && line.waiting.empty())
        ready_.emplace(order, key);
    line.waiting.push_back(std::make_shared<const Entry>(Entry{std::move(event), order, account.epoch}));
}

void Window::pass(const std::string& name, std::int64_t seq)
{
    auto& account = accounts_[name];
    account.slots.push_back({seq, true});
    account.entered = seq;
    ++held_;
    settle(name, account);
}

std::optional<Window::Group> Window::take(Time now)
{
    wake_those_due(now);
    Group group;
    if (!again_.empty() && (ready_.empty() || again_.begin()->first < ready_.begin()->first))
        group = std::move(again_.extract(again_.begin()).mapped());
    else
        group = next_of_ready();
    if (group.entries.empty())
        return std::nullopt;
    on_the_way_ += group.entries.size();
    return group;
}

void Window::wake_those_due(Time now)
{
    while (!resting_.empty() && resting_.begin()->first <= now)
    {
        auto group = std::move(resting_.extract(resting_.begin()).mapped());
        const auto first = group.entries.front()->order;
        again_.emplace(first, std::move(group));
    }
}

// Several of one SIM may go together, for a group is in order.
Window::Group Window::next_of_ready()
{
    Group group;
    std::set<std::string> keys;
    while (group.entries.size() < group_ && !ready_.empty())
    {
        const auto key = std::move(ready_.extract(ready_.begin()).mapped());
        auto& line = lines_.at(key);
        group.entries.push_back(std::move(line.waiting.front()));
        line.waiting.pop_front();
        ++line.out;
        keys.insert(key);
        if (!line.waiting.empty()) // until the group is full
            ready_.emplace(line.waiting.front()->order, key);
    }
    for (const auto& key : keys)
        if (const auto& waiting = lines_.at(key).waiting; !waiting.empty())
            ready_.erase(waiting.front()->order);
    return group;
}

void Window::arrived(const Entry& entry)
{
    --on_the_way_;
    if (!is_forgotten(entry))
    {
        auto& account = accounts_.at(entry.event.account);
        const auto slot = std::ranges::lower_bound(account.slots, entry.event.seq, {}, &Slot::seq);
        slot->is_done = true;
        settle(entry.event.account, account);
    }
    release(entry.event);
}

void Window::give_back(Group group, Time not_before)
{
    on_the_way_ -= group.entries.size();
    ++group.refusals;
    resting_.emplace(not_before, std::move(group));
    drop_forgotten(resting_);
}

void Window::put_back(const std::shared_ptr<const Entry>& entry)
{
    --on_the_way_;
    if (!is_forgotten(*entry))
    {
        auto& waiting = lines_.at(key_of(entry->event)).waiting;
        const auto behind =
            std::ranges::find_if(waiting, [&](const auto& other) { return other->order > entry->order; });
        waiting.insert(behind, entry);
    }
    release(entry->event);
}

// The account's events up to the first that is not done with.
void Window::settle(const std::string& name, Account& account)
{
    while (!account.slots.empty() && account.slots.front().is_done)
    {
        done_[name] = account.slots.front().seq;
        account.slots.pop_front();
        --held_;
    }
}

// The next of its SIM may go, where none of it is out any more.
void Window::release(const EventRecord& event)
{
    const auto line = lines_.find(key_of(event));
    if (--line->second.out > 0)
        return;
    if (line->second.waiting.empty())
        lines_.erase(line);
    else
        ready_.emplace(line->second.waiting.front()->order, line->first);
}

std::optional<Window::Time> Window::next_due() const
{
    return resting_.empty() ? std::nullopt : std::optional(resting_.begin()->first);
}

bool Window::is_forgotten(const Entry& entry) const
{
    const auto& account = accounts_.at(entry.event.account);
    return entry.epoch != account.epoch || entry.event.seq <= account.skipped;
}

void Window::move(const std::string& name, std::int64_t position)
{
    const auto found = accounts_.find(name);
    if (found == accounts_.end() || found->second.slots.empty() ||
        position < found->second.slots.front().seq || position > found->second.slots.back().seq)
        return forget(name);
    auto& account = found->second;
    account.skipped = position;
    for (; !account.slots.empty() && account.slots.front().seq <= position; account.slots.pop_front())
        --held_;
    done_.erase(name);
    settle(name, account);
    drop_forgotten();
}

void Window::forget(const std::string& name)
{
    const auto found = accounts_.find(name);
    if (found == accounts_.end())
        return;
    held_ -= found->second.slots.size();
    found->second = Account{{}, 0, ++epochs_, 0};
    done_.erase(name);
    drop_forgotten();
}

void Window::forget_all()
{
    for (auto& [name, account] : accounts_)
        account = Account{{}, 0, ++epochs_, 0};
    held_ = 0;
    done_.clear();
    drop_forgotten();
}

void Window::drop_forgotten()
{
    ready_.clear();
    for (auto line = lines_.begin(); line != lines_.end();)
    {
        auto& [key, events] = *line;
        std::erase_if(events.waiting, [this](const auto& entry) { return is_forgotten(*entry); });
        if (!events.waiting.empty() && events.out == 0)
            ready_.emplace(events.waiting.front()->order, key);
        line = events.waiting.empty() && events.out == 0 ? lines_.erase(line) : std::next(line);
    }
    drop_forgotten(resting_);
    drop_forgotten(again_);
}

template<class Key>
void Window::drop_forgotten(std::multimap<Key, Group>& groups)
{
    for (auto at = groups.begin(); at != groups.end();)
    {
        std::erase_if(
            at->second.entries,
            [this](const auto& entry)
            {
                const bool forgotten = is_forgotten(*entry);
                if (forgotten)
                    release(entry->event);
                return forgotten;
            });
        at = at->second.entries.empty() ? groups.erase(at) : std::next(at);
    }
}

void Window::acknowledged(const std::string& account, std::int64_t seq)
{
    if (const auto found = done_.find(account); found != done_.end() && found->second <= seq)
        done_.erase(found);
}

} // namespace simsync
