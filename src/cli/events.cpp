// `simsync events`: reads the change log by seq, or as a consumer whose position the database keeps.
#include "cli/commands.hpp"
#include "cli/event_text.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "simsync/store/consumer.hpp"
#include "simsync/store/reader.hpp"
#include "store/event_json.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <thread>

namespace simsync::cli
{
namespace
{

using Positions = std::map<std::string, std::int64_t>;

constexpr std::int64_t most_at_once = 1000;
// A notification is lost when the connection is; looking at least so often makes that harmless.
constexpr std::chrono::seconds longest_wait{5};
constexpr std::chrono::seconds reconnect_interval{1};

EventFilter filter_of(const EventsCommand& command, const Config& config)
{
    EventFilter filter{std::nullopt, command.kinds, command.sim};
    if (command.account)
        filter.account = chosen_account(command.account, config).name;
    return filter;
}

// `--after` counts within one account, for seq does.
Positions begin_after(const EventsCommand& command, const Config& config, Reader& reader)
{
    if (command.after)
        return {{chosen_account(command.account, config).name, *command.after}};
    return command.follow ? reader.positions() : Positions{};
}

void move_on(Positions& positions, const std::vector<EventRecord>& events)
{
    for (const auto& event : events)
        positions[event.account] = std::max(positions[event.account], event.seq);
}

// Moves positions on to where the filter has matched nothing, so that those events are not read again.
void skip_to(Positions& positions, const Positions& reached)
{
    for (const auto& [account, seq] : reached)
        positions[account] = std::max(positions[account], seq);
}

bool print_all(const std::vector<EventRecord>& events, std::string (*text)(const EventRecord&))
{
    std::string lines;
    for (const auto& event : events)
        lines.append(text(event)).append(1, '\n');
    return lines.empty() || print(lines);
}

// What of the log is still to be printed, and in which form. Positions are of what stdout has taken: they
// outlive the database connection, and for a consumer they may be ahead of what the database has noted.
struct PrintJob
{
    EventFilter filter;
    std::string (*text)(const EventRecord&);
    Positions positions;
    std::int64_t left;
};

// Prints all that the log holds behind the positions; false when nobody reads stdout any more.
bool print_pending(Reader& reader, PrintJob& job)
{
    while (job.left > 0)
    {
        const auto reached = reader.positions();
        const auto found = reader.events(
            job.filter, job.positions, static_cast<std::size_t>(std::min(job.left, most_at_once)));
        if (!print_all(found, job.text))
            return false;
        move_on(job.positions, found);
        job.left -= std::ssize(found);
        if (found.empty())
        {
            skip_to(job.positions, reached);
            break;
        }
    }
    return true;
}

// Until the limit is reached or the reader of stdout has gone. Waiting begins before the first look, so that
// no commit falls between the two.
void follow(Reader& reader, PrintJob& job)
{
    reader.wait(std::chrono::milliseconds{0});
    while (print_pending(reader, job) && job.left > 0)
        reader.wait(longest_wait);
}

bool printed(const EventRecord& event, const Positions& positions)
{
    const auto position = positions.find(event.account);
    return position != positions.end() && event.seq <= position->second;
}

bool wanted(const EventRecord& event, const EventFilter& filter)
{
    return (!filter.account || event.account == *filter.account) &&
           (filter.kinds.empty() || std::ranges::find(filter.kinds, event.kind) != filter.kinds.end()) &&
           (!filter.sim || event.sim == *filter.sim);
}

// What of the next events is told, and how far the consumer has come with it.
struct Portion
{
    std::vector<EventRecord> chosen;
    Positions upto;
};

// As many of the events as are still to be printed, and the positions behind them and behind those in between
// that were not wanted; ends before the first wanted event that is one too many.
Portion portion_of(const std::vector<EventRecord>& events, const PrintJob& job)
{
    Portion portion;
    for (const auto& event : events)
    {
        const bool is_printed = printed(event, job.positions);
        if (std::ssize(portion.chosen) == job.left && !is_printed)
            break;
        if (wanted(event, job.filter) && !is_printed)
            portion.chosen.push_back(event);
        move_on(portion.upto, {event});
    }
    return portion;
}

// Tells as the consumer what there is, and acknowledges what stdout has taken, with what was not asked for.
// False when the reader of stdout has gone: it gets the rest again.
bool consume_all(Consumer& consumer, PrintJob& job)
{
    while (job.left > 0 || !job.positions.empty())
    {
        const auto events = consumer.next(most_at_once);
        const auto [chosen, upto] = portion_of(events, job);
        if (!print_all(chosen, job.text))
            return false;
        job.left -= std::ssize(chosen);
        job.positions = upto;
        consumer.acknowledge(upto); // if this fails, the next connection's first events are told already
        job.positions.clear();
        if (events.empty())
            break;
    }
    return true;
}

void follow(Consumer& consumer, PrintJob& job)
{
    consumer.wait(std::chrono::milliseconds{0});
    while (consume_all(consumer, job) && job.left > 0)
        consumer.wait(longest_wait);
}

// A database that was restarted is waited for: no event is missed, for they are read by position.
template<class Source>
std::unique_ptr<Source> again(const std::function<std::unique_ptr<Source>()>& connect)
{
    for (;;)
    {
        try
        {
            return connect();
        }
        catch (const DatabaseUnavailable&)
        {
        }
        catch (const CommandError& error) // the server may not have noticed yet that our lock is over
        {
            if (error.code() != ExitCode::try_again)
                throw;
        }
        std::this_thread::sleep_for(reconnect_interval);
    }
}

// `connect` makes a Reader or a Consumer.
template<class Source>
void follow_on(
    const std::function<std::unique_ptr<Source>()>& connect, std::unique_ptr<Source> source, PrintJob& job)
{
    for (;;)
    {
        try
        {
            return follow(*source, job);
        }
        catch (const DatabaseUnavailable& error)
        {
            complain(error.what(), "it goes on by itself when the database is back");
        }
        source.reset(); // its lock ends
        source = again(connect);
    }
}

void print_by_seq(const EventsCommand& command, const Config& config, PrintJob& job)
{
    const auto connect = [&] { return std::make_unique<Reader>(config.database_url); };
    auto reader = connect();
    job.positions = begin_after(command, config, *reader);
    if (command.follow)
        follow_on<Reader>(connect, std::move(reader), job);
    else
        print_pending(*reader, job);
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

void print_as_consumer(const EventsCommand& command, const Config& config, PrintJob& job)
{
    const auto connect = [&] { return locked_consumer(config.database_url, *command.consumer); };
    auto consumer = connect();
    if (command.follow)
        follow_on<Consumer>(connect, std::move(consumer), job);
    else
        consume_all(*consumer, job);
}

} // namespace

ExitCode execute(const EventsCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    PrintJob job{
        filter_of(command, config),
        command.json            ? event_json
        : stdout_takes_colour() ? event_line_in_colour
                                : event_line,
        {},
        command.limit.value_or(std::numeric_limits<std::int64_t>::max())};
    if (command.consumer)
        print_as_consumer(command, config, job);
    else
        print_by_seq(command, config, job);
    return ExitCode::done;
}

} // namespace simsync::cli
