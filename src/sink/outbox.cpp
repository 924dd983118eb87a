#include "sink/outbox.hpp"

#include "io/clock.hpp"
#include "io/run_apart.hpp"
#include "sink/cloud_event.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

// What was read and not sent yet goes out for so long on the strength of one look at the database. Who loses
// the lock loses the connection, which is noticed earlier as a rule.
constexpr seconds trusted_for{1};
// So many different events refused with nothing taken in between: it is not about them.
constexpr std::size_t receivers_fault = 3;
// A group that fails so often while others may be taken no longer goes first.
constexpr int suspect_after = 3;

// It asks for less. Anything else that is not about what was sent says that nothing is taken now.
bool is_too_much(const Refusal& refusal)
{
    constexpr std::array statuses{429U, 502U, 503U, 504U};
    return refusal.failure.kind == FailureKind::timed_out ||
           std::ranges::find(statuses, refusal.status) != statuses.end();
}

// It fell over what it was sent, maybe over one event of many.
bool is_broken(const Refusal& refusal)
{
    return refusal.status >= 500 && !is_too_much(refusal);
}

} // namespace

Outbox::Outbox(
    boost::asio::any_io_executor executor, OutboxOptions options, Send send, OutboxObserver observer)
    : executor_(std::move(executor)),
      options_(options),
      send_(std::move(send)),
      observer_(std::move(observer)),
      window_(
          options.look_ahead, options.batch,
          options.concurrency == 1 ? WindowOrder::one_line : WindowOrder::within_sims),
      limit_(options.concurrency),
      batch_limit_(options.batch)
{
}

void Outbox::begin_anew()
{
    asked_at_ = {};
    window_.forget_all();
    held_.clear();
}

void Outbox::moved(const std::string& account, std::int64_t position)
{
    window_.move(account, position);
    std::erase_if(
        held_,
        [&](const auto& held)
        {
            const bool gone = held.first.first == account && (position < 0 || held.first.second <= position);
            if (gone)
                observer_.released(held.second);
            return gone;
        });
}

void Outbox::trust(Time asked_at)
{
    asked_at_ = asked_at;
    send();
}

void Outbox::send()
{
    while (!gone_ && requests_ < limit_.now() && pause_ends_ <= asked_at_ &&
           steady_clock::now() < asked_at_ + trusted_for && observer_.may_send())
    {
        auto group = window_.take(asked_at_);
        if (!group)
            return;
        ++requests_;
        run_apart(executor_, carry(std::move(*group)));
    }
}

awaitable<void> Outbox::carry(Window::Group group)
{
    const auto began = steady_clock::now();
    const auto outcome = co_await send_(group);
    --requests_;
    settle(std::move(group), outcome, began);
    send();
    observer_.landed();
}

void Outbox::settle(Window::Group group, const SendResult& outcome, Time began)
{
    note_arrivals(group, outcome, began);
    for (const auto& [place, refusal] : outcome.to_blame)
        hold(group, place, refusal);
    if (refused_in_a_row_ >= receivers_fault && !outcome.to_blame.empty())
        pause(outcome.to_blame.back().second, began);
    give_back_rest(std::move(group), outcome, began);
}

void Outbox::note_arrivals(const Window::Group& group, const SendResult& outcome, Time began)
{
    std::size_t arrived = 0;
    for (std::size_t i = 0; i < group.entries.size(); ++i)
        if (outcome.arrived[i])
        {
            ++arrived;
            release(group.entries[i]->event);
            window_.arrived(*group.entries[i]);
        }
    if (arrived == 0)
        return;
    refused_in_a_row_ = 0;
    taken_at_ = steady_clock::now();
    if (began >= paused_at_)
        failures_ = 0;
    if (arrived == group.entries.size())
    {
        limit_.taken(requests_ + 1);
        note_size(arrived, outcome);
    }
    observer_.delivered(arrived);
}

// One event of many that is refused says nothing of how many there may be.
void Outbox::note_size(std::size_t events, const SendResult& outcome)
{
    if (outcome.fits > 0)
        batch_limit_.too_large(events, outcome.fits);
    else
        batch_limit_.taken(events);
    window_.group_of(batch_limit_.now());
}

void Outbox::release(const EventRecord& event)
{
    if (held_.erase({event.account, event.seq}) > 0)
        observer_.released(event);
}

// It goes again alone.
void Outbox::hold(const Window::Group& group, std::size_t place, const Refusal& refusal)
{
    const auto& entry = group.entries[place];
    const auto& event = entry->event;
    Window::Group alone{{entry}, group.entries.size() == 1 ? group.refusals : 0};
    const auto delay =
        *options_.resend.delay(alone.refusals + 1, random_chance(), refusal.failure.retry_after);
    window_.give_back(std::move(alone), steady_clock::now() + delay);
    if (!held_.contains({event.account, event.seq}))
        ++refused_in_a_row_;
    tell_held(event, refusal);
}

void Outbox::tell_held(const EventRecord& event, const Refusal& refusal)
{
    held_.emplace(std::pair{event.account, event.seq}, event);
    observer_.held(event, refusal);
}

// Whatever did not arrive and is not to blame: behind one that is, or as it was.
void Outbox::give_back_rest(Window::Group group, const SendResult& outcome, Time began)
{
    std::set<std::string> held;
    std::set<std::size_t> to_blame;
    for (const auto& [place, refusal] : outcome.to_blame)
    {
        to_blame.insert(place);
        held.insert(partition_key(group.entries[place]->event));
    }
    Window::Group rest{{}, group.refusals};
    for (std::size_t i = 0; i < group.entries.size(); ++i)
    {
        if (outcome.arrived[i] || to_blame.contains(i))
            continue;
        if (held.contains(partition_key(group.entries[i]->event)))
            window_.put_back(group.entries[i]);
        else
            rest.entries.push_back(group.entries[i]);
    }
    if (rest.entries.empty() || !outcome.failure)
        return;
    const auto not_before = rest_after(rest, *outcome.failure, began);
    if (rest.refusals + 1 >= suspect_after && is_broken(*outcome.failure))
        window_.give_back(split_off_half(rest), not_before);
    window_.give_back(std::move(rest), not_before);
}

// So that one event on which a receiver breaks does not hold up those that it came with; what follows of the
// same SIMs waits for the first half; where one goes after the other, all of it.
Window::Group Outbox::split_off_half(Window::Group& group)
{
    group.refusals = std::min(group.refusals, suspect_after - 1); // the halves are tried soon
    Window::Group half{{}, group.refusals};
    std::set<std::string> before;
    const auto middle = (group.entries.size() + 1) / 2;
    for (std::size_t i = 0; i < middle; ++i)
        before.insert(partition_key(group.entries[i]->event));
    for (std::size_t i = middle; i < group.entries.size(); ++i)
        if (options_.concurrency == 1 || before.contains(partition_key(group.entries[i]->event)))
            window_.put_back(group.entries[i]);
        else
            half.entries.push_back(group.entries[i]);
    group.entries.resize(middle);
    return half;
}

Outbox::Time Outbox::rest_after(const Window::Group& rest, const Refusal& failure, Time began)
{
    const auto now = steady_clock::now();
    const auto refusals = rest.refusals + 1;
    const auto own = now + *options_.resend.delay(refusals, random_chance(), failure.failure.retry_after);
    // While this was on its way others were taken: it runs, and is broken for this, or lost a connection.
    const bool others_are_taken = taken_at_ > began;
    const bool goes_on = is_too_much(failure) || others_are_taken;
    const bool gets_less = goes_on && limit_.now() > 1 && !failure.failure.retry_after;
    if (goes_on)
        limit_.too_much(began, now);
    if (gets_less)
    {
        if (others_are_taken && refusals >= suspect_after && rest.entries.size() == 1)
            tell_held(rest.entries.front()->event, failure);
        else
            observer_.slowed(failure);
        return own;
    }
    pause(failure, began);
    observer_.failed(rest.entries.front()->event, rest.entries.size(), failure);
    return refusals < suspect_after ? pause_ends_ : std::max(pause_ends_, own);
}

// Nothing is sent for a while, by nobody; once for all that were on their way together.
void Outbox::pause(const Refusal& refusal, Time began)
{
    const auto now = steady_clock::now();
    if (is_gone(refusal))
        gone_ = refusal;
    if (began >= paused_at_)
    {
        ++failures_;
        paused_at_ = now;
        pause_ends_ = now + *options_.resend.delay(failures_, random_chance());
        if (!is_too_much(refusal))
            limit_.nothing_taken(now);
    }
    if (refusal.failure.retry_after)
        pause_ends_ = std::max(pause_ends_, now + *refusal.failure.retry_after);
}

std::optional<Outbox::Time> Outbox::next_due() const
{
    auto due = window_.next_due();
    if (window_.waits() && pause_ends_ > asked_at_)
        due = due ? std::min(*due, pause_ends_) : pause_ends_;
    return due ? std::optional(std::max(*due, pause_ends_)) : due;
}

} // namespace simsync
