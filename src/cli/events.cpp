// `simsync events`: reads the change log by seq. As a consumer, whose position the database keeps, it is
// events_as_consumer's.
#include "cli/commands.hpp"
#include "cli/events_as_consumer.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "model/match_parser.hpp"
#include "simsync/store/reader.hpp"
#include "store/event_json.hpp"

#include <limits>

namespace simsync::cli
{
namespace
{

EventFilter filter_of(const EventsCommand& command, const Config& config)
{
    EventFilter filter;
    filter.kinds = command.kinds;
    filter.sim = command.sim;
    filter.since = command.since;
    filter.until = command.until;
    filter.match = command.match;
    if (command.account)
        filter.account = chosen_account(command.account, config).name;
    return filter;
}

// The same for a consumer, whose filter is a match as a whole.
std::string match_of(const EventFilter& filter)
{
    auto match = filter.match;
    if (filter.account)
        match = both_matches("account = " + match_value(*filter.account), match);
    if (filter.sim)
        match = both_matches("sim = " + match_value(*filter.sim), match);
    std::string kinds;
    for (const auto& kind : filter.kinds)
        kinds.append(kinds.empty() ? "kind = " : ", ").append(kind);
    return both_matches(kinds, match);
}

// What is still to be told by seq, and how. The positions outlive the connection.
struct SeqJob
{
    EventFilter filter;
    std::string (*text)(const EventRecord&);
    std::int64_t left; // so many are still to be told
    Positions positions = {};
};

// `--after` counts within one account, for seq does.
Positions begin_after(const EventsCommand& command, const Config& config, Reader& reader)
{
    if (command.after)
        return {{chosen_account(command.account, config).name, *command.after}};
    return command.follow && !command.since ? reader.positions() : Positions{};
}

// The filter matched nothing up to there: no need to look at those again.
void skip_to(Positions& positions, const Positions& reached)
{
    for (const auto& [account, seq] : reached)
        positions[account] = std::max(positions[account], seq);
}

// Tells what there is; false when the reader of stdout has gone.
bool print_pending(Reader& reader, SeqJob& job)
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
void follow(Reader& reader, SeqJob& job)
{
    reader.wait(std::chrono::milliseconds{0});
    while (print_pending(reader, job) && job.left > 0)
        reader.wait(longest_wait);
}

// False when the reader of stdout has gone. Whoever follows goes on behind them.
bool print_last(Reader& reader, SeqJob& job, std::int64_t count)
{
    const auto found = reader.last_events(job.filter, static_cast<std::size_t>(count));
    move_on(job.positions, found);
    return print_all(found, job.text);
}

void print_by_seq(const EventsCommand& command, const Config& config, SeqJob& job)
{
    const auto connect = [&] { return std::make_unique<Reader>(config.database_url); };
    auto reader = connect();
    job.positions = begin_after(command, config, *reader);
    if (command.last && (!print_last(*reader, job, *command.last) || !command.follow))
        return;
    if (command.follow)
        follow_on<Reader>(
            connect, std::move(reader), [&](Reader& each) { follow(each, job); }, nullptr);
    else
        print_pending(*reader, job);
}

} // namespace

ExitCode execute(const EventsCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    auto* const text = command.json ? event_json : stdout_takes_colour() ? event_line_in_colour : event_line;
    const auto at_most = command.first.value_or(std::numeric_limits<std::int64_t>::max());
    const auto filter = filter_of(command, config);
    if (command.consumer)
        read_as_consumer(
            config.database_url, {*command.consumer, match_of(filter), text, command.exec, command.from_now,
                                  command.follow, at_most});
    else
    {
        SeqJob job{filter, text, at_most};
        print_by_seq(command, config, job);
    }
    return ExitCode::done;
}

} // namespace simsync::cli
