#include "cli/events_as_consumer.hpp"

#include "cli/event_exec.hpp"
#include "cli/text.hpp"
#include "io/clock.hpp"
#include "model/backoff.hpp"
#include "simsync/store/consumer.hpp"

#include <span>

namespace simsync::cli
{
namespace
{

using namespace std::chrono_literals;

// Never given up: those behind it wait.
constexpr Backoff retry{.first = 500ms, .longest = 60'000ms, .patience = 0};
// A signal is noticed so late while nothing happens.
constexpr std::chrono::milliseconds longest_deafness = 250ms;

enum class Told
{
    yes,
    read_again, // somebody has moved the position: it is not what comes next any more
    no,         // there is nobody to tell any more
};

bool is_told(const EventRecord& event, const Positions& positions)
{
    const auto position = positions.find(event.account);
    return position != positions.end() && event.seq <= position->second;
}

// The next events to tell at once, and how far the consumer has come with them.
struct Portion
{
    std::vector<EventRecord> events;
    Positions upto;
    std::size_t size = 0; // with those that were told already
};

// Commands are run one by one, so that each is acknowledged. Ends before the first event that is one too
// many.
Portion portion_of(std::span<const EventRecord> events, const ConsumerJob& job)
{
    const auto most = job.exec ? std::min<std::int64_t>(job.left, 1) : job.left;
    Portion portion;
    for (const auto& event : events)
    {
        const bool is_new = !is_told(event, job.positions);
        if (is_new && std::ssize(portion.events) == most)
            break;
        if (is_new)
            portion.events.push_back(event);
        move_on(portion.upto, {event});
        ++portion.size;
    }
    return portion;
}

void complain_of(
    const EventRecord& event, const ConsumerJob& job, const std::string& end, std::chrono::milliseconds pause)
{
    complain(
        "event " + std::to_string(event.seq) + " of account \"" + event.account + "\" (" + event.kind +
            ") is not done with: the command " + end,
        "it is run again in " + seconds_text(pause) +
            ", and what comes behind waits; simsync consumer skip " + job.consumer + " --account " +
            event.account + " leaves it out");
}

// Again and again, as long as it is the next one and ours.
Told run_until_done(
    const EventRecord& event, Consumer& consumer, const ConsumerJob& job, StopSignals& signals)
{
    for (int failures = 1; !signals.came(); ++failures)
    {
        if (consumer.has_moved())
            return Told::read_again;
        const auto end = run_for_event(*job.exec, event, signals);
        if (end.empty())
            return Told::yes;
        const auto pause = *retry.delay(failures, random_chance());
        if (!signals.came())
            complain_of(event, job, end, pause);
        rest(pause, &signals);
    }
    return Told::no;
}

Told tell(const Portion& portion, Consumer& consumer, const ConsumerJob& job, StopSignals* signals)
{
    if (!job.exec)
        return print_all(portion.events, job.text) ? Told::yes : Told::no;
    return portion.events.empty() ? Told::yes
                                  : run_until_done(portion.events.front(), consumer, job, *signals);
}

// Tells of these as far as they are to be told, and acknowledges what has been.
Told tell_all(std::span<const EventRecord> events, Consumer& consumer, ConsumerJob& job, StopSignals* signals)
{
    while (!events.empty())
    {
        const auto portion = portion_of(events, job);
        if (portion.size == 0)
            break;
        if (const auto told = tell(portion, consumer, job, signals); told != Told::yes)
            return told;
        job.left -= std::ssize(portion.events);
        job.positions = portion.upto;
        consumer.acknowledge(
            portion.upto); // if this fails, the next connection's first events are told already
        job.positions.clear();
        events = events.subspan(portion.size);
    }
    return Told::yes;
}

// False where there is nobody to tell any more: who comes next gets the rest again.
bool tell_pending(Consumer& consumer, ConsumerJob& job, StopSignals* signals)
{
    while (job.left > 0 || !job.positions.empty())
    {
        const auto events = consumer.next(most_at_once, job.match);
        if (events.empty())
            break;
        if (tell_all(events, consumer, job, signals) == Told::no)
            return false;
    }
    return true;
}

void wait_for_more(Consumer& consumer, StopSignals* signals)
{
    if (!signals)
    {
        consumer.wait(longest_wait);
        return;
    }
    for (auto waited = 0ms; waited < longest_wait && !signals->came(); waited += longest_deafness)
        if (consumer.wait(longest_deafness))
            return;
}

// Waiting begins before the first look, so that no commit falls between the two.
void follow(Consumer& consumer, ConsumerJob& job, StopSignals* signals)
{
    consumer.wait(0ms);
    while (tell_pending(consumer, job, signals) && job.left > 0 && !(signals && signals->came()))
        wait_for_more(consumer, signals);
}

std::unique_ptr<Consumer> locked_consumer(const std::string& url, const std::string& name)
{
    auto consumer = std::make_unique<Consumer>(url, name);
    if (!consumer->try_lock())
        throw CommandError(
            ExitCode::try_again, "another process reads as consumer \"" + name + "\" now",
            "end that one, or give each a name of its own: each gets every event");
    return consumer;
}

} // namespace

void read_as_consumer(const std::string& database_url, ConsumerJob job)
{
    // Whoever prints is ended by a signal at once, and the rest is told again.
    std::optional<StopSignals> handled;
    if (job.exec)
        handled.emplace();
    auto* const signals = handled ? &*handled : nullptr;
    const auto connect = [&] { return locked_consumer(database_url, job.consumer); };
    auto consumer = connect();
    if (job.from_now)
        consumer->begin_now();
    if (job.follow)
        follow_on<Consumer>(
            connect, std::move(consumer), [&](Consumer& each) { follow(each, job, signals); }, signals);
    else
        tell_pending(*consumer, job, signals);
}

} // namespace simsync::cli
