// Options of the commands that speak with the API.
#include "cli/exit_code.hpp"
#include "cli/options.hpp"

#include <cctype>

namespace simsync::cli
{
namespace
{

// What may stand behind `simsync sim`, whichever of its commands it becomes.
struct SimWords
{
    std::string verb;
    std::vector<std::string> operands;
    SimListCommand list; // the account and the form of output are everyone's
    bool yes = false;
    std::string from;
    std::string report;
    bool dry_run = false;
};

std::vector<std::string_view> sim_verbs()
{
    std::vector<std::string_view> verbs{"list", "get"};
    for (const auto& operation : operations())
        verbs.push_back(operation.name);
    return verbs;
}

// "charge ID AMOUNT COMMENT --yes"
std::string usage_of(const Operation& operation)
{
    std::string usage = std::string(operation.name) + " ID";
    for (const auto& parameter : operation.parameters)
    {
        usage += ' ';
        for (const char c : parameter.name)
            usage += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return usage + (operation.moves_money ? " --yes" : "");
}

// The manual page and the completion of a shell are made from help: every verb stands there in a line of its
// own.
std::string verbs_text()
{
    std::string text = "  simsync sim list\n  simsync sim get ID\n\n"
                       "Actions, carried out by whoever leads the account:\n";
    for (const auto& operation : operations())
        text += "  simsync sim " + usage_of(operation) + '\n';
    return text;
}

void require_operands(const SimWords& words, std::size_t wanted, const std::string& usage)
{
    const auto verb = "simsync sim " + words.verb;
    if (words.operands.empty() && wanted > 0)
        throw UsageError(verb + " needs the id of a SIM", "simsync sim " + usage);
    if (wanted > 0 && words.operands.front().empty())
        throw UsageError(verb + " needs the id of a SIM", "simsync sim " + usage);
    if (words.operands.size() < wanted)
        throw UsageError(verb + " needs more than the id of a SIM", "simsync sim " + usage);
    if (words.operands.size() > wanted)
        throw UsageError(verb + " takes no \"" + words.operands[wanted] + '"', "simsync sim " + usage);
}

void require_one_format(const SimWords& words)
{
    if (words.list.json && words.list.csv)
        throw UsageError("--json and --csv exclude each other", "leave one of them out");
}

// With --from the operands are what the action takes alone.
Command bulk_of(const SimWords& words, const Operation& operation)
{
    const auto usage = std::string(operation.name) + " --from FILE";
    if (words.operands.size() != operation.parameters.size())
        throw UsageError(
            "simsync sim " + words.verb + " --from takes " + std::to_string(operation.parameters.size()) +
                " operands and no id: the SIMs are the file's",
            "simsync sim " + usage);
    if (operation.moves_money && !words.yes && !words.dry_run)
        throw UsageError(
            "simsync sim " + words.verb + " moves money and was not told --yes",
            "look at it with --dry-run, then add --yes");
    SimBulkCommand command;
    command.account = words.list.account;
    command.operation = &operation;
    for (std::size_t i = 0; i < operation.parameters.size(); ++i)
        command.arguments.emplace(operation.parameters[i].name, words.operands[i]);
    command.from = words.from;
    command.report = words.report;
    command.dry_run = words.dry_run;
    command.json = words.list.json;
    return command;
}

void require_no_bulk(const SimWords& words)
{
    if (words.from.empty() && (words.dry_run || !words.report.empty()))
        throw UsageError(
            std::string(words.dry_run ? "--dry-run" : "--report") + " belongs to --from",
            "simsync sim block --from FILE --dry-run");
    if (!words.from.empty() && operation_named(words.verb) == nullptr)
        throw UsageError(
            "simsync sim " + words.verb + " takes no --from", "actions do: simsync sim block --from FILE");
}

Command action_of(const SimWords& words, const Operation& operation)
{
    if (!words.from.empty())
        return bulk_of(words, operation);
    require_operands(words, 1 + operation.parameters.size(), usage_of(operation));
    if (operation.moves_money && !words.yes)
        throw UsageError(
            "simsync sim " + words.verb + " moves money and was not told --yes",
            "look at the amount again, then add --yes");
    require_one_format(words);
    SimActionCommand command{words.list.account, &operation, words.operands.front(), {}, words.list.json};
    for (std::size_t i = 0; i < operation.parameters.size(); ++i)
        command.arguments.emplace(operation.parameters[i].name, words.operands[i + 1]);
    return command;
}

Command sim_command(const SimWords& words)
{
    if (words.verb.empty())
        throw UsageError(
            "simsync sim needs to know what to do", "simsync sim list, simsync sim get ID, or an action");
    require_verb("simsync sim", words.verb, sim_verbs());
    require_no_bulk(words);
    if (const auto* operation = operation_named(words.verb))
        return action_of(words, *operation);
    const bool get = words.verb == "get";
    require_operands(words, get ? 1 : 0, get ? "get ID" : "list");
    require_one_format(words);
    if (get)
        return SimGetCommand{words.list.account, words.operands.front(), words.list.json, words.list.csv};
    return words.list;
}

} // namespace

Finish sync_options(CLI::App& app, CommonArguments&)
{
    const auto command = std::make_shared<SyncCommand>();
    add_list(app, "--account", command->accounts, "Only this account; may be repeated", "NAME");
    add_json(app, command->json);
    return as_given(command);
}

Finish check_options(CLI::App& app, CommonArguments&)
{
    const auto command = std::make_shared<CheckCommand>();
    add_json(app, command->json);
    return as_given(command);
}

Finish sim_options(CLI::App& app, CommonArguments&)
{
    const auto words = std::make_shared<SimWords>();
    app.add_option("VERB", words->verb, "list: those that fit; get ID: one of them; or an action: see below")
        ->type_name("");
    app.add_option(
           "OPERAND", words->operands,
           "The SIM's id, or what simsync find takes where it fits one SIM; and what the action takes")
        ->type_name("");
    add_account(app, words->list.account);
    add_list(
        app, "--filter", words->list.filters,
        "FIELD:COMPARATOR[:VALUE], as in balance:LT:5; may be repeated, all must fit", "FILTER");
    add_flag(app, "--any", words->list.any, "One fitting --filter is enough");
    add_list(
        app, "--sort", words->list.sorts, "FIELD[:asc|desc]; may be repeated; id where none is given",
        "SORT");
    add_number(app, "--offset", words->list.offset, 0, "Leaves out so many at the beginning", "N");
    add_number(app, "--limit", words->list.limit, 1, "At most so many; else all", "N");
    add_json(app, words->list.json, "One JSON object a line on stdout");
    add_flag(app, "--csv", words->list.csv, "Comma-separated values with a header on stdout");
    app.add_option(
           "--from", words->from,
           "The action on many: ids, ICCIDs or numbers from this file (-: stdin), one a line or the column "
           "of "
           "a CSV that its header names")
        ->type_name("FILE");
    add_flag(app, "--dry-run", words->dry_run, "With --from: only tell what would be done");
    app.add_option(
           "--report", words->report,
           "With --from: keeps a CSV of how each ended; run again with it, what is left is done")
        ->type_name("FILE");
    add_flag(app, "--yes", words->yes, "Money may be moved");
    app.footer(
        verbs_text() +
        "\nComparators: EQ NEQ LT LTE GT GTE IN NIN (values with commas between) CONTAINS STARTS_WITH "
        "ENDS_WITH NULL\n\nFields: as --csv and --json show them, iccid_plastic, tariff_expires_at and so "
        "on; or as the API "
        "names them, iccidPlastic\n\n" +
        common_options);
    return [words] { return sim_command(*words); };
}

} // namespace simsync::cli
