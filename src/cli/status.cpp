// `simsync status`: how each account stands. Calls store/reader.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "simsync/model/escape.hpp"
#include "simsync/store/reader.hpp"
#include "store/or_null.hpp"

#include <boost/json.hpp>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;
using namespace std::chrono;

constexpr std::size_t longest_error = 200;

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

json::object sweep_json(const SweepRecord& sweep)
{
    return {{"id", sweep.id},
            {"started_at", to_text(sweep.started_at)},
            {"finished_at", or_null(sweep.finished_at)},
            {"outcome", to_text(sweep.outcome)},
            {"baseline", sweep.baseline},
            {"requests", sweep.requests},
            {"pages", sweep.pages},
            {"items", sweep.items},
            {"added", sweep.added},
            {"changed", sweep.changed},
            {"unchanged", sweep.unchanged},
            {"removed", sweep.removed},
            {"events", sweep.events},
            {"error", or_null(sweep.error)}};
}

json::object account_json(const AccountStatus& status)
{
    const auto& account = status.account;
    json::array sweeps;
    for (const auto& sweep : status.last_sweeps)
        sweeps.push_back(sweep_json(sweep));
    const bool led = account.leader_host.has_value();
    return {{"account", account.account},
            {"endpoint", account.endpoint},
            {"stream_id", account.stream_id},
            {"leader", led ? json::value({{"host", or_null(account.leader_host)},
                                          {"pid", or_null(account.leader_pid)},
                                          {"since", or_null(account.leader_since)}})
                           : json::value(nullptr)},
            {"baselined", account.baselined},
            {"degraded", account.degraded},
            {"sims", status.sims},
            {"blocked", status.blocked},
            {"last_complete_sweep_age_seconds", or_null(age_seconds(account))},
            {"last_seq", account.last_seq},
            {"events_last_hour", status.events_last_hour},
            {"held_removals", account.held_removals},
            {"last_sweeps", std::move(sweeps)}};
}

std::string leader_text(const AccountRecord& account)
{
    if (!account.leader_host)
        return "nobody leads";
    return "led by " + *account.leader_host + " (pid " + std::to_string(account.leader_pid.value_or(0)) + ")";
}

std::string freshness_text(const AccountRecord& account)
{
    const auto age = age_seconds(account);
    const std::string text =
        age ? "last complete sweep " + age_text(seconds(*age)) + " ago" : "no complete sweep yet";
    return account.degraded ? text + ", DEGRADED" : text;
}

std::string sweep_line(const SweepRecord& sweep)
{
    const auto took = sweep.finished_at
                          ? seconds_text(duration_cast<milliseconds>(*sweep.finished_at - sweep.started_at))
                          : std::string("running");
    std::string line = "    #" + padded(std::to_string(sweep.id), 8) +
                       to_text(sweep.started_at).substr(0, 19) + "  " + padded(to_text(sweep.outcome), 11) +
                       padded(took, 9) + grouped(sweep.items) + " SIMs, " + grouped(sweep.added) +
                       " added, " + grouped(sweep.changed) + " changed, " + grouped(sweep.removed) +
                       " removed, " + grouped(sweep.events) + " events\n";
    if (sweep.error)
        line += "              " + escape(*sweep.error, longest_error) + '\n';
    return line;
}

std::string account_text(const AccountStatus& status)
{
    const auto& account = status.account;
    std::string text = account.account + "  " + account.endpoint + '\n';
    text += "  " + leader_text(account) + ", " + freshness_text(account) + '\n';
    text += "  " + grouped(status.sims) + " SIMs, " + grouped(status.blocked) + " blocked, " +
            grouped(account.last_seq) + " events, " + grouped(status.events_last_hour) +
            " in the last hour\n";
    if (account.held_removals > 0)
        text += "  " + grouped(account.held_removals) +
                " removals are HELD by the guard for a person to decide\n";
    for (const auto& sweep : status.last_sweeps)
        text += sweep_line(sweep);
    return text;
}

} // namespace

ExitCode status(const Arguments& arguments)
{
    const auto config = load_database_settings(arguments);
    const auto accounts = Reader{config.database_url}.status();
    if (arguments.json)
    {
        json::array all;
        for (const auto& account : accounts)
            all.push_back(account_json(account));
        print(json::serialize(json::object{{"accounts", std::move(all)}}) + '\n');
        return ExitCode::done;
    }
    std::string text;
    for (const auto& account : accounts)
        text += (text.empty() ? "" : "\n") + account_text(account);
    print(text.empty() ? "the mirror holds no account yet\n" : text);
    return ExitCode::done;
}

} // namespace simsync::cli
