#include "cli/account_bulk.hpp"

#include "cli/exit_code.hpp"
#include "cli/identity.hpp"

#include <cstddef>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace simsync::cli
{

using namespace std::chrono;

namespace
{

// As of a single action (cli/sim_action): a leader that takes none in this time is busy or stuck, and what
// was sent has ended in this time and twice the account's request_timeout.
constexpr seconds patience_for_a_leader{10};
constexpr seconds patience_for_the_end{10};
constexpr milliseconds between_looks{50};
// Requests of one action: read, sent, read back.
constexpr double requests_of_an_action = 3;
const std::string gave_up = "no instance took it in time; nothing was sent";

} // namespace

AccountBulk::AccountBulk(
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

void AccountBulk::run(std::deque<std::string> to_do, const std::map<std::int64_t, std::string>& asked_before)
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

// What an earlier run had noted, and then was cut off: either it was requested, and has ended or will;
// or it never was.
void AccountBulk::follow(const std::map<std::int64_t, std::string>& asked_before)
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

void AccountBulk::request_some()
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

void AccountBulk::look()
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

void AccountBulk::end(std::int64_t id, const BulkOutcome& outcome)
{
    report_.add({account_.name, open_.at(id).sim}, outcome);
    open_.erase(id);
    one_ended_();
}

void AccountBulk::give_up_where_nothing_moves()
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
            std::to_string(open_.size()) + " were sent and have not ended, " + std::to_string(to_do_.size()) +
            " were not asked for",
        "see `simsync status` and the leader's log; run it again with the same --report");
}

duration<double> AccountBulk::patience() const
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

} // namespace simsync::cli
