#include "sync/actions.hpp"

#include "model/backoff.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

const std::string no_such_operation = "there is no such operation";
// While some are under way, for those of other SIMs.
constexpr milliseconds between_looks_beside{500};
constexpr milliseconds between_looks_while_busy{20};
constexpr milliseconds busy_for{1'000}; // after the last one was begun
// Who asked has given up by then (cli/sim_action), or is dead. Nobody expects it to be done any more.
constexpr minutes longest_wait{1};
// A replica may show what was done a moment later.
constexpr Backoff patience_of_reading{
    .first = milliseconds{100}, .longest = milliseconds{2'000}, .patience = 5};

} // namespace

Actions::Actions(
    const boost::asio::any_io_executor& executor, Client& client, AccountMirror& mirror,
    ActionObserver observer, ActionOptions options)
    : client_(client),
      mirror_(mirror),
      observer_(std::move(observer)),
      executor_(executor),
      options_(options),
      ended_(executor),
      stopped_(executor),
      news_(executor)
{
    options_.most_at_once = std::max<std::size_t>(options_.most_at_once, 1);
}

awaitable<void> Actions::run()
{
    while (!stopping_)
    {
        requested_ = false; // what is requested from here on is looked for again
        co_await carry_out();
        co_await rest();
    }
}

// Where one was asked for a moment ago, more are likely to come: of many that a person asks for at once.
awaitable<void> Actions::rest()
{
    const auto began = steady_clock::now();
    const auto until = is_busy()                ? began + between_looks_while_busy
                       : options_.between_looks ? began + *options_.between_looks
                                                : steady_clock::time_point::max();
    while (!stopping_ && !requested_ && steady_clock::now() < until)
        co_await news_.wait_until(until);
}

void Actions::requested()
{
    requested_ = true;
    news_.wake();
}

void Actions::stop()
{
    stopping_ = true;
    stopped_.wake();
    news_.wake();
}

awaitable<void> Actions::carry_out()
{
    if (!doubts_settled_)
    {
        auto doubtful = co_await mirror_.actions_in_doubt();
        for (auto& action : doubtful)
            co_await settle(std::move(action));
        doubts_settled_ = true;
    }
    for (;;)
    {
        // What is under way refers to this: it has to end, whatever happens to the others.
        try
        {
            co_await begin_requested();
        }
        catch (...)
        {
            note(std::current_exception());
        }
        if (under_way_.empty())
            break;
        co_await ended_.wait_until(steady_clock::now() + between_looks());
    }
    if (error_)
        std::rethrow_exception(std::exchange(error_, nullptr));
}

// Taken one by one as there is room, so that what a crash leaves in doubt was about to be sent.
awaitable<void> Actions::begin_requested()
{
    while (!stopping_ && !error_ && under_way_.size() < options_.most_at_once)
    {
        const auto busy = sims_under_way();
        auto next = co_await mirror_.take_action(busy);
        if (next)
            begin(std::move(*next));
        else if (busy == sims_under_way()) // else one of those that were passed over may be taken now
            break;
    }
}

void Actions::begin(ActionRecord action)
{
    const auto sim = action.sim;
    under_way_.insert(sim);
    last_begun_ = steady_clock::now();
    boost::asio::co_spawn(
        executor_, act(std::move(action)),
        [this, sim](const std::exception_ptr& failed)
        {
            under_way_.erase(sim);
            note(failed);
            ended_.wake();
        });
}

void Actions::note(const std::exception_ptr& failed)
{
    if (failed && !error_)
        error_ = failed;
}

bool Actions::is_busy() const
{
    return last_begun_ && steady_clock::now() - *last_begun_ < busy_for;
}

milliseconds Actions::between_looks() const
{
    return is_busy() ? between_looks_while_busy : between_looks_beside;
}

std::vector<std::string> Actions::sims_under_way() const
{
    return {under_way_.begin(), under_way_.end()};
}

// Whether it was sent at all nobody knows: as if the answer had been lost.
awaitable<void> Actions::settle(ActionRecord action)
{
    const auto* operation = operation_named(action.operation);
    if (operation == nullptr)
        co_return co_await finish(action, {ActionState::failed, no_such_operation}, std::nullopt);
    co_await judge(
        *operation, action,
        Failure{.kind = FailureKind::unreachable, .what = "the process that was to send it ended"});
}

awaitable<void> Actions::act(ActionRecord action)
{
    const auto* operation = operation_named(action.operation);
    auto why_not = operation == nullptr ? no_such_operation : refusal(*operation, action.arguments);
    if (system_now() - action.requested_at > longest_wait)
        why_not = "nobody led the account within a minute of the request";
    if (!why_not.empty())
        co_return co_await finish(action, {ActionState::failed, why_not}, std::nullopt);
    // What cannot be read cannot be judged afterwards.
    if (const auto why = co_await cannot_be_read(action))
        co_return co_await finish(action, *why, std::nullopt);
    if (observer_.begins)
        observer_.begins(action);
    mirror_.begin_action(action.sim);
    co_await judge(*operation, action, co_await client_.act(*operation, action.sim, action.arguments));
}

awaitable<void>
Actions::judge(const Operation& operation, const ActionRecord& action, std::optional<Failure> failure)
{
    const auto seen = co_await read_back(operation, action);
    const auto end =
        judge_action(operation, action.arguments, failure, seen ? std::optional(seen->sim) : std::nullopt);
    co_await finish(action, end, seen);
}

// Asked before anything is sent, so that an API that is away, or a slip in the id, leaves no doubt.
awaitable<std::optional<ActionEnd>> Actions::cannot_be_read(const ActionRecord& action)
{
    const auto page = co_await client_.simcard(action.sim);
    if (!page)
    {
        auto failure = page.error();
        failure.what += "; nothing was sent";
        co_return failed_by(failure);
    }
    if (find_sim(*page, action.sim) == nullptr)
        co_return ActionEnd{
            ActionState::failed, "the account holds no SIM \"" + action.sim + "\"; nothing was sent"};
    co_return std::nullopt;
}

// Until the SIM shows that it was done, or patience is spent; then as it was read last.
awaitable<std::optional<ObservedSim>>
Actions::read_back(const Operation& operation, const ActionRecord& action)
{
    std::optional<ObservedSim> seen;
    for (int tries = 1;; ++tries)
    {
        const auto page = co_await client_.simcard(action.sim);
        if (page)
        {
            const auto* found = find_sim(*page, action.sim);
            seen = found != nullptr ? std::optional(*found) : std::nullopt;
            if (found == nullptr || operation.shows == nullptr ||
                operation.shows(found->sim, action.arguments))
                co_return seen;
        }
        const auto pause = patience_of_reading.delay(tries, random_chance());
        if (!pause || stopping_)
            co_return seen;
        co_await stopped_.wait_until(steady_clock::now() + *pause);
    }
}

awaitable<void>
Actions::finish(const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen)
{
    const auto emitted = co_await mirror_.finish_action(action, end, seen);
    if (observer_.finished)
        observer_.finished(action, end, emitted);
}

} // namespace simsync
