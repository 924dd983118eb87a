// One account's part of a run of `--from`: actions are requested, and whoever leads the account carries them
// out.
#pragma once

#include "cli/arguments.hpp"
#include "cli/bulk_report.hpp"
#include "cli/leader_here.hpp"
#include "config/config.hpp"
#include "simsync/store/records.hpp"
#include "store/action_queue.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace simsync::cli
{

// Of its actions so many are requested that the leader always has some ahead, and none grows old: what waits
// for longer than a minute is not sent (sync/actions).
class AccountBulk
{
public:
    // What is given by reference outlives it. Becomes the account's leader where nobody leads. `one_ended` is
    // called for each SIM once its outcome is in the report.
    AccountBulk(
        const SimBulkCommand& command, const Config& config, const AccountConfig& account, BulkReport& report,
        std::function<void()> one_ended);

    // Returns once each of `to_do` has ended, and each of `asked_before`, by action, that an earlier run had
    // noted. Blocks. Throws CommandError (75) where nothing moves any more, after it has taken back what was
    // not sent; what was is `requested` in the report, for the next run to look at.
    void run(std::deque<std::string> to_do, const std::map<std::int64_t, std::string>& asked_before);

private:
    struct Open
    {
        std::string sim;
        ActionState state = ActionState::requested;
    };

    void follow(const std::map<std::int64_t, std::string>& asked_before);
    void request_some();
    void look();
    void end(std::int64_t id, const BulkOutcome& outcome);
    void give_up_where_nothing_moves();
    std::chrono::duration<double> patience() const;

    const SimBulkCommand& command_;
    const AccountConfig& account_;
    BulkReport& report_;
    std::function<void()> one_ended_;
    ActionQueue queue_;
    std::unique_ptr<LeaderHere> leader_; // none: somebody else leads
    std::deque<std::string> to_do_;
    std::map<std::int64_t, Open> open_; // by action
    std::chrono::steady_clock::time_point moved_ = std::chrono::steady_clock::now();
};

} // namespace simsync::cli
