#include "cli/consumer_words.hpp"

#include "cli/exit_code.hpp"
#include "cli/option_values.hpp"
#include "model/enum_table.hpp"

#include <array>

namespace simsync::cli
{
namespace
{

constexpr std::array verbs{
    Named{ConsumerVerb::list, "list"},     Named{ConsumerVerb::skip, "skip"},
    Named{ConsumerVerb::seek, "seek"},     Named{ConsumerVerb::restart, "restart"},
    Named{ConsumerVerb::remove, "remove"},
};
static_assert(follows_enumeration(verbs, &Named<ConsumerVerb>::value, ConsumerVerb::remove));

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
        require_verb("simsync consumer", words.verb, names_in(verbs));
        command.verb = value_named(verbs, words.verb).value();
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
