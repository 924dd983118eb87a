#include "cli/consumer_words.hpp"

#include "cli/exit_code.hpp"
#include "cli/option_values.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace simsync::cli
{
namespace
{

constexpr std::array<std::string_view, 5> verbs{
    "list", "skip", "seek", "restart", "remove"}; // as ConsumerVerb

ConsumerStart consumer_start(const std::string& text)
{
    if (text == "now")
        return {};
    if (text == "oldest")
        return {.oldest = true, .seq = {}};
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos)
        throw UsageError(
            "--from cannot be \"" + text + '"', "--from now, --from oldest, or the seq of an event");
    return {.oldest = false, .seq = whole_number("--from", text, 1)};
}

void refuse_strangers(const ConsumerWords& words, ConsumerVerb verb)
{
    const auto refuse = [&](bool given, ConsumerVerb its, const char* option)
    {
        if (given && verb != its)
            throw UsageError(
                "simsync consumer " + words.verb + " takes no " + option,
                "simsync consumer --help tells more");
    };
    refuse(words.from.has_value(), ConsumerVerb::restart, "--from");
    refuse(words.count.has_value(), ConsumerVerb::skip, "--count");
    refuse(words.after.has_value(), ConsumerVerb::seek, "--after");
}

} // namespace

ConsumerCommand consumer_command(const ConsumerWords& words)
{
    auto command = words.command;
    if (!words.verb.empty())
    {
        require_verb("simsync consumer", words.verb, verbs);
        command.verb = static_cast<ConsumerVerb>(std::ranges::find(verbs, words.verb) - verbs.begin());
    }
    const auto typed = "simsync consumer " + words.verb;
    if (words.names.size() > 1)
        throw UsageError(typed + " takes no \"" + words.names[1] + '"', typed + ' ' + words.names[0]);
    if (!words.names.empty())
        command.consumer = words.names.front();
    else if (command.verb != ConsumerVerb::list)
        throw UsageError(typed + " needs the name of a consumer", "simsync consumer list shows all");
    refuse_strangers(words, command.verb);
    if (command.verb == ConsumerVerb::seek && !words.after)
        throw UsageError(typed + " needs to know where to", typed + " NAME --after SEQ");
    if (command.verb == ConsumerVerb::restart && !words.from)
        throw UsageError(typed + " needs to know where from", typed + " NAME --from now, oldest or SEQ");
    command.number = words.after ? *words.after : words.count.value_or(1);
    if (words.from)
        command.from = consumer_start(*words.from);
    return command;
}

} // namespace simsync::cli
