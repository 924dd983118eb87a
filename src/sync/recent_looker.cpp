#include "sync/recent_looker.hpp"

#include "io/clock.hpp"
#include "sync/queries.hpp"
#include "sync/refused_question.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

// An API that could not be asked for what moved may have learnt it.
constexpr milliseconds until_asked_again = hours{1};
// Those that are watched are asked for as often, whatever becomes of the others.
constexpr milliseconds between_turns{2'000};
// What is later than that by our clock is the future.
constexpr minutes clocks_differ_by{10};
// A turn that comes a little early by the clock of the last look counts as in time.
constexpr milliseconds lateness{50};

} // namespace

RecentLooker::RecentLooker(
    const boost::asio::any_io_executor& executor, Source& source, AccountMirror& mirror,
    RecentOptions options, RecentObserver observer)
    : source_(source),
      mirror_(mirror),
      options_(std::move(options)),
      observer_(std::move(observer)),
      recent_(options_.plan, mirror.now()),
      until_now_(recent_),
      watched_(source, mirror, options_.scope, options_.watch),
      stopped_(executor)
{
}

// Those that are watched are asked for at every turn, what moved lately when it is due.
awaitable<void> RecentLooker::run()
{
    auto next = Time::clock::now();
    while (!stopping_)
    {
        if (!is_on())
            next = Time::max();
        if (Time::clock::now() < next)
        {
            co_await stopped_.wait_until(next);
            continue;
        }
        const auto spacing = options_.automatic ? between_turns : std::min(options_.interval, between_turns);
        next += std::max<Time::duration>(spacing, Time::clock::now() - next);
        const auto report = co_await turn();
        next = std::max(next, Time::clock::now() + pause_after(report));
    }
}

awaitable<LookReport> RecentLooker::turn()
{
    if (is_due(Time::clock::now()))
        co_return co_await look();
    LookReport report{.impossible = recent_.impossible()};
    if (mirror_.may_look())
        co_await watched_.look(report);
    if (observer_.looked)
        observer_.looked(report);
    co_return report;
}

bool RecentLooker::is_on() const
{
    return options_.automatic || options_.interval > milliseconds::zero();
}

std::optional<milliseconds> RecentLooker::interval() const
{
    if (!is_on())
        return std::nullopt;
    if (!options_.automatic)
        return options_.interval;
    const auto interval = automatic_interval(*options_.automatic, mirror_.sims());
    return interval && seldom() ? std::max(*interval, seldom_interval) : interval;
}

bool RecentLooker::is_due(Time now) const
{
    const auto each = interval();
    return each && now >= not_before_ && now - began_ >= *each - lateness;
}

// Where none is taken none can show its worth.
void RecentLooker::sweep_ended(const SweepRecord& sweep)
{
    if (!interval())
        worth_ = {};
    else if (sweep.outcome == Outcome::complete && !sweep.baseline)
        worth_.sweep_ended({.by_looks = sweep.found_by_looks, .by_sweep = sweep.changed});
}

void RecentLooker::stop()
{
    stopping_ = true;
    stopped_.wake();
}

awaitable<LookReport> RecentLooker::look()
{
    LookReport report;
    if (!mirror_.may_look())
        co_return report;
    began_ = Time::clock::now();
    co_await watched_.look(report);
    if (!report.failure)
        co_await look_at_recent(report);
    report.impossible = recent_.impossible();
    if (report.impossible)
        not_before_ = Time::clock::now() + until_asked_again;
    if (observer_.looked)
        observer_.looked(report);
    co_return report;
}

awaitable<void> RecentLooker::look_at_recent(LookReport& report)
{
    if (recent_.impossible())
        until_now_ = recent_ = Recent{options_.plan, mirror_.now()};
    co_await look_by(recent_, std::nullopt, report);
    const auto now = mirror_.now() + clocks_differ_by;
    if (!report.failure && recent_.lies_beyond(now))
        co_await look_by(until_now_, now, report);
}

awaitable<void> RecentLooker::look_by(Recent& recent, std::optional<Timestamp> until, LookReport& report)
{
    recent.begin(until);
    while (!stopping_ && recent.next())
        if (!co_await ask(recent, report))
            break;
    recent.give_up(); // where we were told to stop
}

// False where the look is over by it.
awaitable<bool> RecentLooker::ask(Recent& recent, LookReport& report)
{
    ++report.requests;
    mirror_.begin_look();
    auto page = co_await source_.simcards(query_of(*recent.next(), options_.scope), nullptr);
    if (page && mirror_.may_look()) // a sweep may have begun a new baseline
    {
        const auto answer = recent_answer_of(*page);
        const auto result = co_await mirror_.commit_look(std::move(page->items));
        report.changed += result.written.changed;
        mirror_.count_found_by_looks(result.written.changed);
        add(report.events, result.written.events);
        recent.accept(answer, result.news_until);
        co_return true;
    }
    mirror_.end_look();
    if (!page)
    {
        report.failure = page.error();
        if (!stopping_ &&
            co_await is_about_the_question(source_, options_.scope, Urgency::recent, *report.failure, report))
            recent.refused();
    }
    recent.give_up();
    co_return false;
}

milliseconds RecentLooker::pause_after(const LookReport& report)
{
    failures_ = report.failure ? failures_ + 1 : 0;
    return report.failure ? simsync::pause_after(*report.failure, failures_, random_chance())
                          : milliseconds{};
}

} // namespace simsync
