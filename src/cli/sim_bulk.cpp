// `simsync sim block --from FILE` and its like: one operation on many SIMs, a few at once, carried out by
// whoever leads each account. What is to be done is decided before anything is; the report says how each
// ended, and where to look for those of a run that was cut off.
#include "cli/action_text.hpp"
#include "cli/bulk_report.hpp"
#include "cli/bulk_terms.hpp"
#include "cli/commands.hpp"
#include "cli/identity.hpp"
#include "cli/leader_here.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "model/escape.hpp"
#include "simsync/store/reader.hpp"
#include "store/action_queue.hpp"

#include <boost/json.hpp>

#include <cerrno>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;
using namespace std::chrono;

// As of a single action (cli/sim_action): a leader that takes none in this time is busy or stuck, and what
// was sent has ended in this time and twice the account's request_timeout.
constexpr seconds patience_for_a_leader{10};
constexpr seconds patience_for_the_end{10};
constexpr milliseconds between_looks{50};
// Requests of one action: read, sent, read back.
constexpr double requests_of_an_action = 3;
const std::string gave_up = "no instance took it in time; nothing was sent";

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

// What is left to be done, and how all of it stands.
struct Plan
{
    std::map<std::string, std::deque<std::string>> to_do;                    // account → SIMs
    std::map<std::string, std::map<std::int64_t, std::string>> asked_before; // account → action → SIM
    std::vector<std::string> no_sim; // lines that name none, or several
    std::size_t done_before = 0;     // confirmed
    std::set<BulkKey> all;           // of this run
    std::size_t unknown_before = 0;  // not sent again by themselves

    std::size_t left() const
    {
        std::size_t sims = 0;
        for (const auto& [account, ids] : to_do)
            sims += ids.size();
        for (const auto& [account, actions] : asked_before)
            sims += actions.size();
        return sims;
    }
};

void add_to(Plan& plan, const BulkKey& key, const std::map<BulkKey, BulkOutcome>& so_far)
{
    const auto known = so_far.find(key);
    const auto outcome = known == so_far.end() ? std::string{} : known->second.outcome;
    if (outcome == "confirmed")
        ++plan.done_before;
    else if (outcome == "unknown")
        ++plan.unknown_before;
    else if (outcome == asked_for)
        plan.asked_before[key.first].emplace(known->second.action, key.second);
    else
        plan.to_do[key.first].push_back(key.second);
}

Plan plan_of(
    const SimBulkCommand& command, const std::vector<std::string>& terms, const Config& config,
    BulkReport& report)
{
    std::vector<std::string> accounts;
    for (const auto& account : config.accounts)
        if (!command.account || account.name == chosen_account(command.account, config).name)
            accounts.push_back(account.name);
    std::map<std::string, std::vector<BulkKey>> named;
    for (const auto& each : Reader{config.database_url}.named(terms, accounts))
        named[each.term].push_back({each.account, each.id});
    Plan plan;
    for (const auto& term : terms)
    {
        const auto& sims = named[term];
        if (sims.size() == 1)
        {
            if (plan.all.insert(sims.front()).second)
                add_to(plan, sims.front(), report.so_far());
            continue;
        }
        auto why = sims.empty() ? std::string("no SIM of the mirror has this id, ICCID or number")
                                : "it names " + std::to_string(sims.size()) + " SIMs";
        for (const auto& [account, id] : sims)
            why.append(id == sims.front().second && account == sims.front().first ? ": " : ", ")
                .append(id)
                .append(" of account ")
                .append(account);
        plan.no_sim.push_back(escape(term, 64) + ": " + why);
        plan.all.insert({"", term});
        if (!command.dry_run)
            report.add({"", term}, {"failed", why});
    }
    return plan;
}

// One account's part. Of its actions so many are requested that the leader always has some ahead, and none
// grows old: what waits for longer than a minute is not sent (sync/actions).
class AccountBulk
{
public:
    AccountBulk(
        const SimBulkCommand& command, const Config& config, const AccountConfig& account, BulkReport& report,
        std::function<void()> one_ended)
        : command_(command),
          account_(account),
          report_(report),
          one_ended_(std::move(one_ended)),
          queue_(config.database_url, account.name),
          leader_(LeaderHere::take(config, account))
    {
    }

    void run(std::deque<std::string> to_do, const std::map<std::int64_t, std::string>& asked_before)
    {
        to_do_ = std::move(to_do);
        follow(asked_before);
        while (!to_do_.empty() || !open_.empty())
        {
            if (leader_)
                leader_->check();
            request_some();
            look();
            give_up_where_nothing_moves();
            if (!open_.empty())
                std::this_thread::sleep_for(between_looks);
        }
    }

private:
    struct Open
    {
        std::string sim;
        ActionState state = ActionState::requested;
    };

    // What an earlier run had noted, and then was cut off: either it was requested, and has ended or will;
    // or it never was.
    void follow(const std::map<std::int64_t, std::string>& asked_before)
    {
        std::vector<std::int64_t> ids;
        ids.reserve(asked_before.size());
        for (const auto& [id, sim] : asked_before)
            ids.push_back(id);
        for (const auto& action : queue_.look(ids))
            if (const auto asked = asked_before.find(action.id);
                asked->second == action.sim && action.operation == command_.operation->name)
                open_[action.id] = {action.sim, ActionState::requested};
        for (const auto& [id, sim] : asked_before)
            if (!open_.contains(id))
                to_do_.push_front(sim);
    }

    void request_some()
    {
        const auto ahead = 2 * account_.concurrency;
        std::size_t waiting = 0;
        for (const auto& [id, open] : open_)
            waiting += open.state == ActionState::requested ? 1 : 0;
        std::vector<ActionRecord> actions;
        while (waiting + actions.size() < ahead && actions.size() < to_do_.size())
        {
            auto& action = actions.emplace_back();
            action.sim = to_do_[actions.size() - 1];
            action.operation = command_.operation->name;
            action.arguments = command_.arguments;
        }
        if (actions.empty())
            return;
        std::vector<std::int64_t> ids;
        // Noted before they are there: a crash in between leaves numbers that nothing is found under.
        queue_.request_all(
            actions, who_asks(),
            [&](std::span<const std::int64_t> given)
            {
                ids.assign(given.begin(), given.end());
                for (std::size_t i = 0; i < ids.size(); ++i)
                    report_.add({account_.name, actions[i].sim}, {asked_for, "", ids[i]});
            });
        for (std::size_t i = 0; i < ids.size(); ++i)
            open_[ids[i]] = {actions[i].sim, ActionState::requested};
        to_do_.erase(to_do_.begin(), to_do_.begin() + static_cast<std::ptrdiff_t>(ids.size()));
    }

    void look()
    {
        std::vector<std::int64_t> ids;
        ids.reserve(open_.size());
        for (const auto& [id, open] : open_)
            ids.push_back(id);
        for (const auto& action : queue_.look(ids))
        {
            auto& open = open_.at(action.id);
            if (action.state == open.state)
                continue;
            moved_ = steady_clock::now();
            open.state = action.state;
            if (action.state != ActionState::requested && action.state != ActionState::sent)
                end(action.id, {std::string(to_text(action.state)), action.error.value_or(""), action.id});
        }
    }

    void end(std::int64_t id, const BulkOutcome& outcome)
    {
        report_.add({account_.name, open_.at(id).sim}, outcome);
        open_.erase(id);
        one_ended_();
    }

    // Takes back what was not sent; what was stays as `requested` in the report, for the next run to look at.
    void give_up_where_nothing_moves()
    {
        if (open_.empty() || steady_clock::now() - moved_ < patience())
            return;
        const auto open = open_;
        for (const auto& [id, each] : open)
            if (queue_.withdraw(id, gave_up))
                end(id, {"failed", gave_up, id});
        throw CommandError(
            ExitCode::try_again,
            "account \"" + account_.name + "\": nothing has moved in " +
                std::to_string(duration_cast<seconds>(patience()).count()) + " s; " +
                std::to_string(open_.size()) + " were sent and have not ended, " +
                std::to_string(to_do_.size()) + " were not asked for",
            "see `simsync status` and the leader's log; run it again with the same --report");
    }

    duration<double> patience() const
    {
        bool sent = false;
        for (const auto& [id, open] : open_)
            sent = sent || open.state == ActionState::sent;
        const auto rate = account_.max_requests_per_second;
        const duration<double> in_turn{
            rate > 0 ? requests_of_an_action * static_cast<double>(account_.concurrency) / rate : 0};
        if (!sent)
            return patience_for_a_leader + in_turn;
        return patience_for_the_end + 2 * account_.request_timeout + in_turn;
    }

    const SimBulkCommand& command_;
    const AccountConfig& account_;
    BulkReport& report_;
    std::function<void()> one_ended_;
    ActionQueue queue_;
    std::unique_ptr<LeaderHere> leader_; // none: somebody else leads
    std::deque<std::string> to_do_;
    std::map<std::int64_t, Open> open_; // by action
    steady_clock::time_point moved_ = steady_clock::now();
};

struct Tally
{
    std::size_t confirmed = 0;
    std::size_t failed = 0;
    std::size_t unknown = 0; // and those that have not ended
};

using Outcomes = std::map<BulkKey, BulkOutcome>;

// Of this run's SIMs: the report may know others.
Outcomes outcomes_of(const Plan& plan, const BulkReport& report)
{
    Outcomes outcomes;
    for (const auto& [key, outcome] : report.so_far())
        if (plan.all.contains(key))
            outcomes.emplace(key, outcome);
    return outcomes;
}

Tally tally_of(const Outcomes& outcomes)
{
    Tally tally;
    for (const auto& [key, outcome] : outcomes)
        ++(outcome.outcome == "confirmed" ? tally.confirmed
           : outcome.outcome == "failed"  ? tally.failed
                                          : tally.unknown);
    return tally;
}

std::string outcomes_json(const std::string& operation, const Outcomes& outcomes)
{
    json::array sims;
    for (const auto& [key, outcome] : outcomes)
        sims.push_back(
            {{"account", key.first},
             {"id", key.second},
             {"outcome", outcome.outcome},
             {"why", outcome.why},
             {"action", outcome.action == 0 ? json::value(nullptr) : json::value(outcome.action)}});
    const auto tally = tally_of(outcomes);
    return json::serialize(json::object{
               {"operation", operation},
               {"confirmed", tally.confirmed},
               {"failed", tally.failed},
               {"unknown", tally.unknown},
               {"sims", std::move(sims)}}) +
           '\n';
}

std::string outcomes_text(const std::string& operation, const Outcomes& outcomes)
{
    std::string text;
    for (const auto& [key, outcome] : outcomes)
        if (outcome.outcome != "confirmed")
            text += escape(key.second, 64) + "  " + outcome.outcome + "  " + escape(outcome.why, 300) + '\n';
    const auto tally = tally_of(outcomes);
    return text + operation + ": " + grouped(static_cast<std::int64_t>(tally.confirmed)) + " confirmed, " +
           grouped(static_cast<std::int64_t>(tally.failed)) + " failed, " +
           grouped(static_cast<std::int64_t>(tally.unknown)) + " unknown\n";
}

std::string plan_json(const std::string& operation, const Plan& plan)
{
    json::array sims;
    for (const auto& [account, ids] : plan.to_do)
        for (const auto& id : ids)
            sims.push_back({{"account", account}, {"id", id}});
    return json::serialize(json::object{
               {"operation", operation},
               {"dry_run", true},
               {"to_do", std::move(sims)},
               {"no_sim", json::array(plan.no_sim.begin(), plan.no_sim.end())},
               {"confirmed_before", plan.done_before},
               {"unknown_before", plan.unknown_before}}) +
           '\n';
}

std::string plan_text(const std::string& operation, const Plan& plan)
{
    std::string text;
    for (const auto& line : plan.no_sim)
        text.append(line).append(1, '\n');
    for (const auto& [account, ids] : plan.to_do)
        for (const auto& id : ids)
            text.append("would ")
                .append(operation)
                .append(1, ' ')
                .append(id)
                .append(" of account ")
                .append(account)
                .append(1, '\n');
    return text + operation + ": " + grouped(static_cast<std::int64_t>(plan.left())) + " SIMs, " +
           std::to_string(plan.no_sim.size()) + " lines that name none; by the report " +
           std::to_string(plan.done_before) + " are done and " + std::to_string(plan.unknown_before) +
           " unknown\n";
}

void carry_out(const SimBulkCommand& command, const Config& config, const Plan& plan, BulkReport& report)
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

ExitCode exit_code_of(const Tally& tally)
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
        return plan.no_sim.empty() ? ExitCode::done : ExitCode::data;
    }
    try
    {
        carry_out(command, config, plan, report);
    }
    catch (...)
    {
        print(
            command.json ? outcomes_json(operation, outcomes_of(plan, report))
                         : outcomes_text(operation, outcomes_of(plan, report)));
        throw;
    }
    print(
        command.json ? outcomes_json(operation, outcomes_of(plan, report))
                     : outcomes_text(operation, outcomes_of(plan, report)));
    const auto tally = tally_of(outcomes_of(plan, report));
    if (tally.unknown > 0)
        complain(
            std::to_string(tally.unknown) + " of these may have been done or not",
            "they are not sent again by themselves; look at each, and take its line out of the report to "
            "repeat it");
    return exit_code_of(tally);
}

} // namespace simsync::cli
