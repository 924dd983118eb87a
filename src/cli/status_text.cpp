#include "cli/status_text.hpp"

#include "cli/drifts.hpp"
#include "cli/text.hpp"
#include "model/escape.hpp"
#include "sync/sweep_report.hpp"

#include <algorithm>

namespace simsync::cli
{
namespace
{

using namespace std::chrono;

constexpr std::size_t longest_error = 200;
constexpr std::size_t longest_list = 1000;
// A consumer that has acknowledged nothing for so long, while there were events for it, is shown as one that
// does not run.
constexpr hours consumer_sleeps_after{1};
// A receiver that is restarted is back by then.
constexpr minutes sink_is_stuck_after{5};

// Whoever was told of lost events has had time to see to it.
constexpr hours losses_are_news_for{24};

std::optional<Timestamp> last_complete(const AccountRecord& account)
{
    return account.last_complete_sweep ? account.last_complete_sweep->finished_at : std::nullopt;
}

bool shows_nobody(const AccountStatus& status)
{
    const auto last = std::ranges::find_if(
        status.last_sweeps, [](const SweepRecord& sweep) { return sweep.finished_at.has_value(); });
    return last != status.last_sweeps.end() && last->error == shows_nobody_error;
}

std::string ago(Timestamp then, Timestamp now)
{
    return age_text(duration_cast<seconds>(now - then)) + " ago";
}

std::string freshness_text(const AccountRecord& account, Timestamp now)
{
    const auto finished = last_complete(account);
    return finished ? "last complete sweep " + ago(*finished, now) : "no complete sweep yet";
}

std::string leader_text(const AccountRecord& account)
{
    if (!account.leader_host)
        return "nobody leads";
    return "led by " + *account.leader_host + " (pid " + std::to_string(account.leader_pid.value_or(0)) + ")";
}

std::string last_error(const AccountStatus& status)
{
    for (const auto& sweep : status.last_sweeps)
        if (sweep.error)
            return ": " + escape(*sweep.error, longest_error);
    return {};
}

bool is_stale(const AccountRecord& account, Timestamp now, milliseconds stale_after)
{
    const auto finished = last_complete(account);
    return account.degraded || !finished || now - *finished > stale_after;
}

// Nothing while nothing is known.
std::string so_far_text(const std::string& before, const StatusLoading& loading)
{
    if (loading.sims == 0 && !loading.expected)
        return {};
    return before + grouped(loading.sims) +
           (loading.expected ? " of about " + grouped(*loading.expected) : "") + " SIMs";
}

// What an earlier leader left is no news of this one.
bool has_ended(const SweepRecord& sweep, const AccountRecord& account)
{
    return sweep.outcome != Outcome::running && sweep.started_at >= account.leader_since;
}

// Nobody knows of all SIMs yet, and nothing says that this will not come.
bool begins(const AccountStatus& status)
{
    const auto& account = status.account;
    return account.leader_host && account.leader_since && !last_complete(account) && !account.degraded &&
           std::ranges::none_of(
               status.last_sweeps, [&](const SweepRecord& sweep) { return has_ended(sweep, account); });
}

StatusTrouble beginning(const std::optional<StatusLoading>& loading)
{
    StatusTrouble trouble{
        "the first sweep is about to begin",
        "wait: it goes on by itself; where it gets no further, simsync check finds what is in the way"};
    if (loading && loading->source == StatusLoading::Source::mirror)
        trouble.what =
            "no sweep has been complete yet: it loads what the mirror holds" + so_far_text(", ", *loading);
    else if (loading)
        trouble.what = "the first sweep is under way" + so_far_text(": it has loaded ", *loading);
    return trouble;
}

StatusTrouble stale(const AccountStatus& status, Timestamp now)
{
    const auto& account = status.account;
    StatusTrouble trouble{
        "the mirror is STALE, " + freshness_text(account, now) + last_error(status),
        "simsync check finds what is in the way", Level::critical};
    if (!account.leader_host)
        trouble.hint = "nobody mirrors it: systemctl status simsync on its hosts";
    else if (account.loading)
        trouble.hint = "wait: it loads what the mirror holds, and sweeps then";
    return trouble;
}

// As the newest sweep that has finished saw it.
void add_drifts(std::vector<StatusTrouble>& troubles, const AccountStatus& status)
{
    for (auto& trouble : troubles_of(status.account.drifts))
        troubles.push_back(std::move(trouble));
    const auto finished = std::ranges::find_if(
        status.last_sweeps, [](const SweepRecord& sweep) { return sweep.finished_at.has_value(); });
    if (finished != status.last_sweeps.end() && finished->set_aside > 0)
        troubles.push_back(
            {grouped(finished->set_aside) + " values or items were set aside: " +
                 escape(finished->set_aside_what.value_or(""), longest_list),
             "the API has to mend them; every other SIM is mirrored and removed as always"});
}

std::string place_text(const ConsumerPosition& consumer)
{
    if (consumer.state != ConsumerState::reads)
        return "cannot read on";
    if (consumer.behind == 0)
        return "has had every event";
    return grouped(consumer.behind) + (consumer.behind == 1 ? " event behind" : " events behind");
}

void add_losses(std::vector<StatusTrouble>& troubles, const AccountRecord& account, Timestamp now)
{
    const auto& numbering = account.numbering;
    if (!numbering || !numbering->lost_upto || now - numbering->began_at > losses_are_news_for)
        return;
    troubles.push_back(
        {"events " + std::to_string(numbering->after_seq + 1) + " to " +
             std::to_string(*numbering->lost_upto) + " were lost with the server that had them, " +
             ago(numbering->began_at, now),
         "SIMs are as they are shown, and consumers are told; synchronous replication loses none"});
}

void add_consumer_troubles(std::vector<StatusTrouble>& troubles, const AccountStatus& status, Timestamp now)
{
    for (const auto& consumer : status.consumers)
    {
        const auto name = "consumer " + escape(consumer.consumer);
        const auto look =
            "simsync consumer list " + escape(consumer.consumer) + " says what each way on delivers";
        if (consumer.state == ConsumerState::renumbered)
            troubles.push_back(
                {name + " stands in events that were numbered anew since", look, Level::critical});
        else if (consumer.state == ConsumerState::dropped)
            troubles.push_back(
                {name + " has not read events that were dropped by now", look, Level::critical});
        else if (consumer.down_error)
            troubles.push_back(
                {name + " is DOWN" +
                     (consumer.down_since ? " since " + ago(*consumer.down_since, now) : std::string()) +
                     ": " + escape(*consumer.down_error, longest_error),
                 escape(consumer.down_hint.value_or(look), longest_error), Level::critical});
        else if (
            consumer.stuck_seq && consumer.stuck_since && now - *consumer.stuck_since > sink_is_stuck_after)
            troubles.push_back(
                {name + " is stuck at event " + grouped(*consumer.stuck_seq) + " since " +
                     ago(*consumer.stuck_since, now) + ": " +
                     escape(consumer.stuck_error.value_or(""), longest_error),
                 look});
        else if (consumer.behind > 0 && now - consumer.acked_at > consumer_sleeps_after)
            troubles.push_back(
                {name + " is " + place_text(consumer) + " and acknowledged one " +
                     ago(consumer.acked_at, now),
                 "see to what reads as it: whoever waits for its alerts waits"});
    }
}

std::string figures_text(const AccountStatus& status)
{
    return "  " + grouped(status.sims) + " SIMs, " + grouped(status.blocked) + " blocked, " +
           grouped(status.low) + " low, " + grouped(status.expiring) + " tariffs about to end, " +
           grouped(status.expired) + " ended\n  " + grouped(status.account.last_seq) + " events, " +
           grouped(status.events_last_hour) + " in the last hour\n";
}

std::string consumers_text(const AccountStatus& status, Timestamp now)
{
    std::string text;
    for (const auto& consumer : status.consumers)
        text += "  consumer " + escape(consumer.consumer) + ": " + place_text(consumer) +
                (consumer.acked_seq == 0 ? ", nothing acknowledged\n"
                                         : ", acknowledged " + ago(consumer.acked_at, now) + '\n');
    return text;
}

// Nothing where none was found by a look: there may be no looks.
std::string looks_text(const AccountStatus& status)
{
    std::int64_t by_looks = 0;
    std::int64_t by_sweeps = 0;
    for (const auto& sweep : status.last_sweeps)
    {
        by_looks += sweep.found_by_looks;
        by_sweeps += sweep.changed;
    }
    if (by_looks == 0)
        return {};
    return "  recent looks found " + std::to_string(100 * by_looks / (by_looks + by_sweeps)) +
           " % of what changed since the sweeps below began\n";
}

// Of one that runs: so many of how many.
std::string items_text(const SweepRecord& sweep)
{
    const bool runs = sweep.outcome == Outcome::running && sweep.expected;
    return grouped(sweep.items) + (runs ? " of about " + grouped(*sweep.expected) : "");
}

std::string sweep_line(const SweepRecord& sweep)
{
    const auto took = sweep.finished_at
                          ? seconds_text(duration_cast<milliseconds>(*sweep.finished_at - sweep.started_at))
                          : std::string("running");
    std::string line = "    #" + padded(std::to_string(sweep.id), 8) +
                       to_text(sweep.started_at).substr(0, 19) + "  " + padded(to_text(sweep.outcome), 11) +
                       padded(took, 9) + items_text(sweep) + " SIMs, " + grouped(sweep.added) + " added, " +
                       grouped(sweep.changed) + " changed, " + grouped(sweep.removed) + " removed, " +
                       grouped(sweep.events) + " events\n";
    if (sweep.error)
        line += "              " + escape(*sweep.error, longest_error) + '\n';
    return line;
}

} // namespace

std::optional<StatusLoading> loading_of(const AccountStatus& status)
{
    const auto& account = status.account;
    if (!account.leader_host)
        return std::nullopt;
    if (account.loading)
        return StatusLoading{StatusLoading::Source::mirror, account.loading->sims, account.loading->expected};
    if (last_complete(account) || status.last_sweeps.empty() ||
        status.last_sweeps.front().outcome != Outcome::running)
        return std::nullopt;
    const auto& sweep = status.last_sweeps.front();
    return StatusLoading{StatusLoading::Source::api, sweep.items, sweep.expected};
}

std::vector<StatusTrouble> troubles_of(const AccountStatus& status, Timestamp now, milliseconds stale_after)
{
    const auto& account = status.account;
    const auto of_account = " --account " + account.account; // right as well where there is but one
    std::vector<StatusTrouble> troubles;
    if (begins(status))
        troubles.push_back(beginning(loading_of(status)));
    else if (is_stale(account, now, stale_after))
        troubles.push_back(stale(status, now));
    if (account.auth_failed)
        troubles.push_back(
            {"the API refuses the credentials",
             "write the new password into its password_file, then: systemctl restart simsync; sudo simsync "
             "check tries it",
             Level::critical});
    if (shows_nobody(status))
        troubles.push_back(
            {"the API shows NONE of the " + grouped(status.sims) + " SIMs that are known",
             "ask the partner what this login may see; if they are all gone, simsync removals accept" +
                 of_account + " says so",
             Level::critical});
    if (account.held_removals > 0)
        troubles.push_back(
            {grouped(account.held_removals) + " removals are HELD by the guard for a person to decide",
             "ask the partner whether they are gone; simsync removals list" + of_account +
                 ", then accept or reject",
             Level::critical});
    add_losses(troubles, account, now);
    add_drifts(troubles, status);
    if (status.unknown_actions > 0)
        troubles.push_back(
            {grouped(status.unknown_actions) + " actions of the last day ended unknown",
             "see simsync.action for their SIMs; simsync sim get ID" + of_account +
                 " shows whether it was done"});
    for (const auto& trouble : status.housekeeping)
        troubles.push_back(
            {"housekeeping: " + escape(trouble.error, longest_error) +
                 (status.housekeeping_since ? " (since " + ago(*status.housekeeping_since, now) + ')' : ""),
             escape(trouble.hint, longest_error)});
    add_consumer_troubles(troubles, status, now);
    return troubles;
}

std::string status_text(const AccountStatus& status, Timestamp now, milliseconds stale_after)
{
    const auto& account = status.account;
    std::string text = account.account + "  " + account.endpoint + "\n  " + leader_text(account) + ", " +
                       freshness_text(account, now) + '\n';
    if (account.loading && !begins(status))
        text +=
            "  loads what the mirror holds" + so_far_text(", ", *loading_of(status)) + ", and sweeps then\n";
    for (const auto& trouble : troubles_of(status, now, stale_after))
        text += "  ! " + trouble.what + "\n    HINT: " + trouble.hint + '\n';
    text += figures_text(status);
    if (status.open_actions > 0)
        text += "  " + grouped(status.open_actions) + " actions under way\n";
    text += consumers_text(status, now);
    text += looks_text(status);
    for (const auto& sweep : status.last_sweeps)
        text += sweep_line(sweep);
    return text;
}

} // namespace simsync::cli
