#include "cli/status_check.hpp"

#include "cli/text.hpp"
#include "model/escape.hpp"

#include <algorithm>

namespace simsync::cli
{
namespace
{

using namespace std::chrono;

constexpr std::size_t longest_line = 1'000;

StatusTrouble never_mirrored()
{
    return {
        "it is configured and was never mirrored",
        "sudo simsync check finds what is in the way of simsync run", Level::critical};
}

std::optional<seconds> age(const AccountStatus& status, Timestamp now)
{
    const auto& last = status.account.last_complete_sweep;
    if (!last || !last->finished_at)
        return std::nullopt;
    return std::max(duration_cast<seconds>(now - *last->finished_at), 0s);
}

ExitCode worst(const std::vector<AccountTrouble>& troubles)
{
    if (troubles.empty())
        return ExitCode::done;
    return troubles.front().trouble.level == Level::critical ? ExitCode::critical : ExitCode::warning;
}

std::string well_text(std::span<const AccountStatus> accounts, Timestamp now)
{
    std::int64_t sims = 0;
    seconds oldest{0};
    for (const auto& each : accounts)
    {
        sims += each.sims;
        oldest = std::max(oldest, age(each, now).value_or(0s));
    }
    return std::to_string(accounts.size()) + (accounts.size() == 1 ? " account, " : " accounts, ") +
           grouped(sims) + " SIMs, last complete sweep " + age_text(oldest) + " ago";
}

std::string summary_of(
    const std::vector<AccountTrouble>& troubles, std::span<const AccountStatus> accounts, Timestamp now)
{
    if (troubles.empty())
        return well_text(accounts, now);
    const auto& [account, trouble] = troubles.front();
    std::string text = account.empty() ? trouble.what : account + ": " + trouble.what;
    if (troubles.size() > 1)
        text += " (and " + std::to_string(troubles.size() - 1) + " more)";
    return text;
}

// One line of a plugin, in which `|` would begin figures.
std::string plugin_line(const std::string& text)
{
    auto line = escape(text, longest_line);
    std::ranges::replace(line, '|', '/');
    return line + '\n';
}

std::string
figure(const AccountStatus& status, const char* name, std::int64_t value, const std::string& bounds = ";;;0")
{
    return " '" + status.account.account + '_' + name + "'=" + std::to_string(value) + bounds;
}

std::string figures(const AccountStatus& status, Timestamp now, milliseconds stale_after)
{
    std::string text;
    if (const auto known = age(status, now))
        text += figure(
            status, "age", known->count(),
            "s;;" + std::to_string(duration_cast<seconds>(stale_after).count()) + ";0");
    return text + figure(status, "sims", status.sims) + figure(status, "blocked", status.blocked) +
           figure(status, "low", status.low) + figure(status, "expiring", status.expiring) +
           figure(status, "expired", status.expired) +
           figure(status, "held", status.account.held_removals, ";;0;0");
}

} // namespace

StatusVerdict judge_status(
    std::span<const AccountStatus> accounts, std::span<const std::string> configured, Timestamp now,
    milliseconds stale_after)
{
    StatusVerdict verdict;
    for (const auto& status : accounts)
        for (auto& trouble : troubles_of(status, now, stale_after))
            verdict.troubles.push_back({status.account.account, std::move(trouble)});
    for (const auto& name : configured)
        if (std::ranges::none_of(
                accounts, [&](const AccountStatus& status) { return status.account.account == name; }))
            verdict.troubles.push_back({name, never_mirrored()});
    std::ranges::stable_partition(
        verdict.troubles, [](const AccountTrouble& each) { return each.trouble.level == Level::critical; });
    verdict.code = worst(verdict.troubles);
    verdict.summary = summary_of(verdict.troubles, accounts, now);
    return verdict;
}

std::string_view word_of(ExitCode code)
{
    if (code == ExitCode::done)
        return "OK";
    return code == ExitCode::warning ? "WARNING" : "CRITICAL";
}

std::string plugin_text(
    const StatusVerdict& verdict, std::span<const AccountStatus> accounts, Timestamp now,
    milliseconds stale_after)
{
    auto text = plugin_line("SIMSYNC " + std::string(word_of(verdict.code)) + " - " + verdict.summary);
    std::string all_figures;
    for (const auto& each : accounts)
        all_figures += figures(each, now, stale_after);
    if (!all_figures.empty())
        text.insert(text.size() - 1, " |" + all_figures);
    for (const auto& [account, trouble] : verdict.troubles)
        text += plugin_line(
                    std::string(trouble.level == Level::critical ? "CRITICAL " : "WARNING ") + account +
                    ": " + trouble.what) +
                plugin_line("  HINT: " + trouble.hint);
    return text;
}

StatusVerdict nothing_known(const std::string& error)
{
    return {.code = ExitCode::critical, .summary = error};
}

} // namespace simsync::cli
