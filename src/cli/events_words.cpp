#include "cli/events_words.hpp"

#include "cli/exit_code.hpp"
#include "cli/option_values.hpp"
#include "model/match_parser.hpp"

namespace simsync::cli
{
namespace
{

void require_consumer(const EventsWords& words)
{
    const auto& command = words.command;
    if (command.consumer && command.consumer->empty())
        throw UsageError("--consumer needs a name", "for example --consumer pager");
    if (command.exec && command.exec->empty())
        throw UsageError("--exec needs a command", "for example --exec 'notify-operator \"$SIMSYNC_KIND\"'");
    if (command.exec && !command.consumer)
        throw UsageError(
            "--exec needs a --consumer",
            "its position says which events are done with: --consumer pager --exec …");
    if (words.from && !command.consumer)
        throw UsageError(
            "--from needs a --consumer", "without one, --since, --after and --last say where to begin");
    if (words.from && *words.from != "now" && *words.from != "oldest")
        throw UsageError(
            "--from cannot be \"" + *words.from + '"',
            "--from now or --from oldest; simsync consumer seek moves one elsewhere");
}

void require_consistent_events(const EventsWords& words)
{
    const auto& command = words.command;
    require_consumer(words);
    const GivenOption after{"--after", command.after.has_value()};
    const GivenOption last{"--last", command.last.has_value()};
    const GivenOption until{"--until", command.until.has_value()};
    require_one(
        {"--consumer", command.consumer.has_value()},
        {after, {"--since", command.since.has_value()}, until, last},
        "a consumer goes on where it was; to look again, leave --consumer out");
    require_one(
        last, {after, {"--limit", words.limit.has_value()}},
        "--last tells of the newest, --limit of the first");
    require_one({"--follow", command.follow}, {until}, "--follow goes on for ever; leave one of them out");
}

// --limit counts from where reading begins, and back from the end where it begins nowhere.
void place_limit(const EventsWords& words, EventsCommand& command)
{
    const bool begins = command.after || command.since || command.consumer || command.follow;
    if (words.limit)
        (begins ? command.first : command.last) = words.limit;
}

} // namespace

EventsCommand events_command(const EventsWords& words, Timestamp now)
{
    auto command = words.command;
    command.kinds = kinds_like(command.kinds);
    require_match(command.match);
    if (words.cause)
        command.match = both_matches(match_of_cause(*words.cause), command.match);
    if (words.since)
        command.since = point_in_time("--since", *words.since, now);
    if (words.until)
        command.until = point_in_time("--until", *words.until, now);
    require_consistent_events({command, {}, {}, {}, words.from, words.limit});
    command.from_now = words.from == "now";
    place_limit(words, command);
    return command;
}

} // namespace simsync::cli
