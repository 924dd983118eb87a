// `simsync consumer`: where consumers stand, and the steps that move one. What a step would do is said before
// it is done.
#include "cli/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/consumer_text.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "io/clock.hpp"
#include "model/escape.hpp"
#include "store/consumer_registry.hpp"
#include "store/or_null.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

json::array document(const std::vector<EventTally>& tallies)
{
    json::array all;
    for (const auto& each : tallies)
        all.push_back(
            json::object{{"kind", each.kind}, {"standing", each.standing}, {"events", each.events}});
    return all;
}

json::object document(const ConsumerPosition& position)
{
    const bool reads = position.state == ConsumerState::reads;
    return {
        {"consumer", position.consumer},
        {"account", position.account},
        {"acked_seq", position.acked_seq},
        {"last_seq", position.last_seq},
        {"behind", reads ? json::value(position.behind) : json::value(nullptr)},
        {"waiting_since", or_null(position.waiting_since)},
        {"acked_at", to_text(position.acked_at)},
        {"state", to_text(position.state)},
        {"down_since", or_null(position.down_since)},
        {"down_error", or_null(position.down_error)},
        {"down_hint", or_null(position.down_hint)},
        {"stuck_since", or_null(position.stuck_since)},
        {"stuck_seq", or_null(position.stuck_seq)},
        {"stuck_error", or_null(position.stuck_error)}};
}

json::object document(const ConsumerStep& step)
{
    return {
        {"account", step.from.account},
        {"acked_seq", step.from.acked_seq},
        {"to", step.to},
        {"last_seq", step.from.last_seq},
        {"leaves_out", document(step.left_out)},
        {"delivers", document(step.delivered)},
        {"delivers_again", total(step.again)}};
}

// The consumer's positions, in the account that is named or in all.
std::vector<ConsumerPosition> positions_of(ConsumerRegistry& registry, const ConsumerCommand& command)
{
    auto positions = registry.positions(command.consumer);
    const bool known = !positions.empty();
    if (command.account)
        std::erase_if(
            positions, [&](const ConsumerPosition& each) { return each.account != *command.account; });
    if (command.consumer && positions.empty())
        throw UsageError(
            "there is no consumer \"" + *command.consumer + '"' +
                (known ? " in account \"" + command.account.value_or("") + '"' : std::string()),
            "simsync consumer list shows all");
    return positions;
}

// seq counts within an account.
const ConsumerPosition& only(const std::vector<ConsumerPosition>& positions, const ConsumerCommand& command)
{
    if (positions.size() > 1)
        throw UsageError(
            "consumer \"" + *command.consumer + "\" reads several accounts",
            "name the one that is meant, for example --account " + positions.front().account);
    return positions.front();
}

// Where it is stuck: the account in which something waits.
const ConsumerPosition& waiting(std::vector<ConsumerPosition>& positions, const ConsumerCommand& command)
{
    std::erase_if(
        positions,
        [](const ConsumerPosition& each) { return each.state == ConsumerState::reads && each.behind == 0; });
    if (positions.empty())
        throw UsageError(
            "consumer \"" + *command.consumer + "\" has had every event: there is none to skip",
            "simsync consumer list shows where each stands");
    const auto& position = only(positions, command);
    if (position.state != ConsumerState::reads)
        throw UsageError(
            "consumer \"" + *command.consumer + "\" cannot read on in account \"" + position.account +
                "\": there is no event that comes next",
            "simsync consumer restart " + *command.consumer + " --from now goes on with what happens then");
    return position;
}

ConsumerStep step_to(ConsumerRegistry& registry, const ConsumerPosition& from, std::int64_t to)
{
    ConsumerStep step{from, to, {}, {}, registry.tally(from.account, to, from.last_seq), {}};
    if (from.state == ConsumerState::renumbered) // what it has had bore other numbers
        return step;
    if (to > from.acked_seq)
    {
        step.left_out = registry.tally(from.account, from.acked_seq, to);
        step.first_left_out = registry.event(from.account, from.acked_seq + 1);
    }
    else
        step.again = registry.tally(from.account, to, from.acked_seq);
    return step;
}

void require_kept(ConsumerRegistry& registry, const ConsumerPosition& position, std::int64_t to)
{
    const auto oldest = registry.oldest_kept(position.account);
    if (to < oldest - 1 || to > position.last_seq)
        throw UsageError(
            "event " + std::to_string(to + 1) + " of account \"" + position.account + "\" is not kept",
            "events " + std::to_string(oldest) + " to " + std::to_string(position.last_seq) + " are");
}

std::vector<ConsumerStep> restart(
    ConsumerRegistry& registry, const ConsumerCommand& command,
    const std::vector<ConsumerPosition>& positions)
{
    std::vector<ConsumerStep> steps;
    if (command.from.seq)
    {
        const auto& position = only(positions, command);
        require_kept(registry, position, *command.from.seq - 1);
        return {step_to(registry, position, *command.from.seq - 1)};
    }
    steps.reserve(positions.size());
    for (const auto& each : positions)
        steps.push_back(step_to(
            registry, each, command.from.oldest ? registry.oldest_kept(each.account) - 1 : each.last_seq));
    return steps;
}

std::vector<ConsumerStep>
steps_of(ConsumerRegistry& registry, const ConsumerCommand& command, std::vector<ConsumerPosition> positions)
{
    if (command.verb == ConsumerVerb::restart)
        return restart(registry, command, positions);
    if (command.verb == ConsumerVerb::seek)
    {
        const auto& position = only(positions, command);
        require_kept(registry, position, command.number);
        return {step_to(registry, position, command.number)};
    }
    const auto& position = waiting(positions, command);
    return {step_to(registry, position, std::min(position.acked_seq + command.number, position.last_seq))};
}

// What of the events its sink posts.
SinkFilter filter_of(const Config& config, const std::string& consumer)
{
    for (const auto& sink : config.sinks)
        if (consumer == "sink:" + sink.name)
            return Wanted{sink.kinds, sink.standing, sink.match};
    return std::nullopt;
}

void print_steps(
    const ConsumerCommand& command, const std::vector<ConsumerStep>& steps, const SinkFilter& filter)
{
    std::string text = escape(*command.consumer) + '\n';
    for (const auto& step : steps)
        text += step_text(step, filter);
    print(text);
}

void print_document(const ConsumerCommand& command, const std::vector<ConsumerStep>& steps, bool done)
{
    json::array accounts;
    for (const auto& step : steps)
        accounts.push_back(document(step));
    print(
        json::serialize(json::object{
            {"consumer", *command.consumer}, {"done", done}, {"accounts", std::move(accounts)}}) +
        '\n');
}

ExitCode move(ConsumerRegistry& registry, const ConsumerCommand& command, const Config& config)
{
    const auto steps = steps_of(registry, command, positions_of(registry, command));
    if (!command.json)
        print_steps(command, steps, filter_of(config, *command.consumer));
    else if (!command.yes)
        print_document(command, steps, false);
    require_confirmation(command.yes);
    std::vector<ConsumerRegistry::Move> moves;
    moves.reserve(steps.size());
    for (const auto& step : steps)
        moves.push_back({step.from, step.to});
    registry.move(moves);
    if (command.json)
        print_document(command, steps, true);
    else
        print("done: whoever reads as it goes on from there\n");
    return ExitCode::done;
}

ExitCode remove(ConsumerRegistry& registry, const ConsumerCommand& command)
{
    const auto positions = positions_of(registry, command);
    const auto name = *command.consumer;
    if (!command.json)
        print(
            positions_text(positions, system_now()) +
            "  is forgotten: nobody is told of what waits, and lag and status leave it out\n  if it ever "
            "reads "
            "again it begins " +
            (name.starts_with("sink:") ? "with what happens then\n"
                                       : "before the oldest event that is kept\n"));
    require_confirmation(command.yes);
    if (!registry.remove(name, command.account))
        throw CommandError(
            ExitCode::try_again, "somebody reads as consumer \"" + name + "\" now",
            name.starts_with("sink:")
                ? "take the sink out of the configuration, let simsync reload it, then try again"
                : "end that program first");
    print(
        command.json ? json::serialize(json::object{{"consumer", name}, {"removed", positions.size()}}) + '\n'
                     : "done\n");
    return ExitCode::done;
}

// What each way on would deliver, where one consumer is asked for.
std::string ways_text(
    ConsumerRegistry& registry, const std::vector<ConsumerPosition>& positions, const SinkFilter& filter)
{
    std::string text;
    for (const auto& each : positions)
    {
        const bool stands_before_one = each.state == ConsumerState::reads && each.behind > 0;
        if (stands_before_one)
            text += "skip\n" + step_text(step_to(registry, each, each.acked_seq + 1), filter);
        if (stands_before_one || each.state != ConsumerState::reads)
            text += "restart --from now\n" + step_text(step_to(registry, each, each.last_seq), filter);
        text += "restart --from oldest\n" +
                step_text(step_to(registry, each, registry.oldest_kept(each.account) - 1), filter);
    }
    return text;
}

ExitCode list(ConsumerRegistry& registry, const ConsumerCommand& command, const Config& config)
{
    const auto positions = positions_of(registry, command);
    if (command.json)
    {
        json::array all;
        for (const auto& each : positions)
            all.push_back(document(each));
        print(json::serialize(json::object{{"consumers", std::move(all)}}) + '\n');
        return ExitCode::done;
    }
    auto text = positions_text(positions, system_now());
    if (command.consumer)
        text += '\n' + ways_text(registry, positions, filter_of(config, *command.consumer));
    print(text.empty() ? "nobody reads as a consumer yet\n" : text);
    return ExitCode::done;
}

} // namespace

ExitCode execute(const ConsumerCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    ConsumerRegistry registry(config.database_url);
    switch (command.verb)
    {
    case ConsumerVerb::list:
        return list(registry, command, config);
    case ConsumerVerb::remove:
        return remove(registry, command);
    default:
        return move(registry, command, config);
    }
}

} // namespace simsync::cli
