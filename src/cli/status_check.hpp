// `simsync status --check`: one word for how all accounts stand, for cron and for monitoring that runs
// plugins (Nagios, Icinga, Checkmk). Pure.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/status_text.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace simsync::cli
{

struct AccountTrouble
{
    std::string account;
    StatusTrouble trouble;
};

struct StatusVerdict
{
    ExitCode code = ExitCode::done;         // done, warning or critical: the worst trouble
    std::vector<AccountTrouble> troubles{}; // those that are critical first
    std::string summary{};                  // one line: the first of them, or that all is well
};

// Of the mirror's accounts. One that is configured and not in the mirror is critical.
StatusVerdict judge_status(
    std::span<const AccountStatus> accounts, std::span<const std::string> configured, Timestamp now,
    std::chrono::milliseconds stale_after);

std::string_view word_of(ExitCode code); // of a verdict: "OK", "WARNING", "CRITICAL"

// As the Monitoring Plugins have it: "SIMSYNC WARNING - summary | figures" in the first line, figures as
// 'main_age'=12s;;300;0, then each trouble with its hint. `|` stands nowhere else.
std::string plugin_text(
    const StatusVerdict& verdict, std::span<const AccountStatus> accounts, Timestamp now,
    std::chrono::milliseconds stale_after);

// Where nothing can be told, for example for want of the database: that is critical.
StatusVerdict nothing_known(const std::string& error);

} // namespace simsync::cli
