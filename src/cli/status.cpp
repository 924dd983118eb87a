// `simsync status`: how each account stands.
#include "cli/commands.hpp"
#include "cli/drifts.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/status_check.hpp"
#include "cli/status_text.hpp"
#include "simsync/store/reader.hpp"
#include "store/or_null.hpp"
#include "store/record_json.hpp"

#include <boost/json.hpp>

#include <exception>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;
using namespace std::chrono;

Timestamp now()
{
    return floor<microseconds>(system_clock::now());
}

std::optional<std::int64_t> age_seconds(const AccountRecord& account)
{
    if (!account.last_complete_sweep || !account.last_complete_sweep->finished_at)
        return std::nullopt;
    return duration_cast<seconds>(now() - *account.last_complete_sweep->finished_at).count();
}

json::array consumers_json(const std::vector<ConsumerPosition>& consumers)
{
    json::array all;
    for (const auto& each : consumers)
        all.push_back(json::object{
            {"consumer", each.consumer},
            {"behind", each.behind},
            {"acked_at", to_text(each.acked_at)},
            {"on_this_stream", each.state != ConsumerState::renumbered},
            {"state", to_text(each.state)},
            {"down_since", or_null(each.down_since)},
            {"down_error", or_null(each.down_error)},
            {"stuck_since", or_null(each.stuck_since)},
            {"stuck_seq", or_null(each.stuck_seq)},
            {"stuck_error", or_null(each.stuck_error)}});
    return all;
}

json::array housekeeping_json(const std::vector<HousekeepingTrouble>& troubles)
{
    json::array all;
    for (const auto& each : troubles)
        all.push_back(json::object{{"error", each.error}, {"hint", each.hint}});
    return all;
}

json::value loading_json(const std::optional<StatusLoading>& loading)
{
    if (!loading)
        return nullptr;
    return json::object{
        {"from", loading->source == StatusLoading::Source::mirror ? "mirror" : "api"},
        {"sims", loading->sims},
        {"expected", or_null(loading->expected)}};
}

json::object account_json(const AccountStatus& status)
{
    const auto& account = status.account;
    json::array sweeps;
    for (const auto& sweep : status.last_sweeps)
        sweeps.push_back(sweep_object(sweep));
    const bool led = account.leader_host.has_value();
    return {
        {"account", account.account},
        {"endpoint", account.endpoint},
        {"stream_id", account.stream_id},
        {"leader", led ? json::value(
                             {{"host", or_null(account.leader_host)},
                              {"pid", or_null(account.leader_pid)},
                              {"since", or_null(account.leader_since)}})
                       : json::value(nullptr)},
        {"loading", loading_json(loading_of(status))},
        {"baselined", account.baselined},
        {"degraded", account.degraded},
        {"sims", status.sims},
        {"blocked", status.blocked},
        {"last_complete_sweep_age_seconds", or_null(age_seconds(account))},
        {"last_seq", account.last_seq},
        {"events_last_hour", status.events_last_hour},
        {"held_removals", account.held_removals},
        {"auth_failed", account.auth_failed},
        {"drifts", drifts_json(account.drifts)},
        {"low", status.low},
        {"expiring", status.expiring},
        {"expired", status.expired},
        {"open_actions", status.open_actions},
        {"unknown_actions_last_day", status.unknown_actions},
        {"housekeeping", housekeeping_json(status.housekeeping)},
        {"consumers", consumers_json(status.consumers)},
        {"last_sweeps", std::move(sweeps)}};
}

json::array accounts_json(const std::vector<AccountStatus>& accounts)
{
    json::array all;
    for (const auto& account : accounts)
        all.push_back(account_json(account));
    return all;
}

json::object verdict_json(const StatusVerdict& verdict)
{
    json::array troubles;
    for (const auto& [account, trouble] : verdict.troubles)
        troubles.push_back(json::object{
            {"account", account},
            {"level", trouble.level == Level::critical ? "critical" : "warning"},
            {"what", trouble.what},
            {"hint", trouble.hint}});
    return {
        {"verdict", word_of(verdict.code)},
        {"exit_code", static_cast<int>(verdict.code)},
        {"summary", verdict.summary},
        {"troubles", std::move(troubles)}};
}

ExitCode print_verdict(
    const StatusCommand& command, const StatusVerdict& verdict, const std::vector<AccountStatus>& accounts,
    milliseconds stale_after)
{
    if (command.json)
        print(
            json::serialize(
                json::object{{"check", verdict_json(verdict)}, {"accounts", accounts_json(accounts)}}) +
            '\n');
    else
        print(plugin_text(verdict, accounts, now(), stale_after));
    return verdict.code;
}

// Whoever watches takes no other exit code than those of a verdict; what is wrong is told as always, too.
ExitCode check_status(const StatusCommand& command, const CommonArguments& common)
{
    std::vector<AccountStatus> accounts;
    std::vector<std::string> configured;
    milliseconds stale_after{};
    try
    {
        const auto config = load_database_settings(common);
        stale_after = config.alert.stale_after;
        configured = account_names(config);
        accounts = Reader{config.database_url}.status();
    }
    catch (const std::exception& error)
    {
        report(std::current_exception());
        return print_verdict(command, nothing_known(error.what()), {}, stale_after);
    }
    return print_verdict(
        command, judge_status(accounts, configured, now(), stale_after), accounts, stale_after);
}

} // namespace

ExitCode execute(const StatusCommand& command, const CommonArguments& common)
{
    if (command.check)
        return check_status(command, common);
    const auto config = load_database_settings(common);
    const auto accounts = Reader{config.database_url}.status();
    if (command.json)
    {
        print(json::serialize(json::object{{"accounts", accounts_json(accounts)}}) + '\n');
        return ExitCode::done;
    }
    std::string text;
    for (const auto& account : accounts)
        text += (text.empty() ? "" : "\n") + status_text(account, now(), config.alert.stale_after);
    print(text.empty() ? "the mirror holds no account yet\n" : text);
    return ExitCode::done;
}

} // namespace simsync::cli
