// `simsync sim block --from FILE` and its like: one operation on many SIMs, a few at once, carried out by
// whoever leads each account. What is to be done is decided before anything is; the report says how each
// ended, and where to look for those of a run that was cut off.
#include "cli/account_bulk.hpp"
#include "cli/action_text.hpp"
#include "cli/bulk_plan.hpp"
#include "cli/bulk_report.hpp"
#include "cli/bulk_terms.hpp"
#include "cli/bulk_text.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/settings.hpp"
#include "simsync/store/reader.hpp"

#include <cerrno>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <vector>

namespace simsync::cli
{
namespace
{

std::string text_of(const std::string& file)
{
    if (file == "-")
        return {std::istreambuf_iterator<char>(std::cin), {}};
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        throw UsageError(
            "cannot read " + file + ": " + std::generic_category().message(errno),
            "--from takes a file, or - for stdin");
    return text;
}

BulkPlan plan_of(
    const SimBulkCommand& command, const std::vector<std::string>& terms, const Config& config,
    const BulkReport& report)
{
    std::vector<std::string> accounts;
    for (const auto& account : config.accounts)
        if (!command.account || account.name == chosen_account(command.account, config).name)
            accounts.push_back(account.name);
    return bulk_plan(terms, Reader{config.database_url}.named(terms, accounts), report.so_far());
}

void report_strangers(const BulkPlan& plan, BulkReport& report)
{
    for (const auto& each : plan.strangers)
        report.add({"", each.term}, {"failed", each.why});
}

void carry_out(const SimBulkCommand& command, const Config& config, const BulkPlan& plan, BulkReport& report)
{
    const auto left = static_cast<std::int64_t>(plan.left());
    std::int64_t ended = 0;
    ProgressBar bar{std::string(command.operation->name)};
    bar.show(0, left);
    for (const auto& account : config.accounts)
    {
        const auto to_do = plan.to_do.find(account.name);
        const auto asked = plan.asked_before.find(account.name);
        if (to_do == plan.to_do.end() && asked == plan.asked_before.end())
            continue;
        AccountBulk bulk{command, config, account, report, [&] { bar.show(++ended, left); }};
        bulk.run(
            to_do == plan.to_do.end() ? std::deque<std::string>{} : to_do->second,
            asked == plan.asked_before.end() ? std::map<std::int64_t, std::string>{} : asked->second);
    }
}

void print_outcomes(const SimBulkCommand& command, const std::string& operation, const BulkOutcomes& outcomes)
{
    print(command.json ? outcomes_json(operation, outcomes) : outcomes_text(operation, outcomes));
}

ExitCode exit_code_of(const BulkTally& tally)
{
    if (tally.unknown > 0)
        return ExitCode::unavailable;
    return tally.failed > 0 ? ExitCode::data : ExitCode::done;
}

// A dry run makes no file.
std::string report_file_of(const SimBulkCommand& command)
{
    return command.dry_run && !std::filesystem::exists(command.report) ? std::string{} : command.report;
}

} // namespace

ExitCode execute(const SimBulkCommand& command, const CommonArguments& common)
{
    if (const auto why_not = refusal(*command.operation, command.arguments); !why_not.empty())
        throw UsageError(why_not, "simsync sim --help shows what each action takes");
    const auto operation = in_words(std::string(command.operation->name), command.arguments);
    // The files are the person's: before root becomes the service's user, who may not touch them.
    const auto terms = bulk_terms(text_of(command.from));
    BulkReport report{report_file_of(command), operation};
    if (terms.empty())
        throw UsageError(command.from + " names no SIM", "one id, ICCID or number a line");
    const auto config = load_database_settings(common);
    const auto plan = plan_of(command, terms, config, report);
    if (command.dry_run)
    {
        print(command.json ? plan_json(operation, plan) : plan_text(operation, plan));
        return plan.strangers.empty() ? ExitCode::done : ExitCode::data;
    }
    report_strangers(plan, report);
    try
    {
        carry_out(command, config, plan, report);
    }
    catch (...)
    {
        print_outcomes(command, operation, outcomes_of(plan, report.so_far()));
        throw;
    }
    const auto outcomes = outcomes_of(plan, report.so_far());
    print_outcomes(command, operation, outcomes);
    const auto tally = tally_of(outcomes);
    if (tally.unknown > 0)
        complain(
            std::to_string(tally.unknown) + " of these may have been done or not",
            "they are not sent again by themselves; look at each, and take its line out of the report to "
            "repeat it");
    return exit_code_of(tally);
}

} // namespace simsync::cli
