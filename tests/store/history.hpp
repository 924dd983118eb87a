// Lives of SIMs at chosen times, written by the real rules, and beside them what was seen, as plainly as it
// can be kept: every state of every SIM. What a view says of any moment is looked up there.
#pragma once

#include "simsync/model/rules.hpp"
#include "store/mirror_test.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace simsync::test
{

class History
{
public:
    // From `at` on the SIM was this; nothing: it was not there.
    struct State
    {
        Timestamp at;
        std::optional<Sim> sim;
    };
    using Life = std::vector<State>;
    using Who = std::pair<std::string, std::string>; // account and id

    // How long after it was seen an event is written.
    static constexpr std::chrono::seconds writing{1};

    History(std::string url, std::vector<std::string> accounts) : url_(std::move(url))
    {
        for (const auto& account : accounts)
        {
            auto& mirror = mirrors_[account] = std::make_unique<PostgresMirror>(url_, account);
            EXPECT_TRUE(mirror->try_lead("https://api.example"));
        }
    }

    const std::map<Who, Life>& lives() const { return lives_; }

    // As it stood at that moment; a state holds from its instant on.
    static std::optional<Sim> at(const Life& life, Timestamp when)
    {
        std::optional<Sim> found;
        for (const auto& state : life)
            if (state.at <= when)
                found = state.sim;
        return found;
    }

    // First of all: no event tells of it.
    void begin_with(const std::string& account, const Sim& seen, Timestamp when)
    {
        write(account, seen, when, judge_baselined(seen, {}, context(account, when)), false);
    }

    // As a sweep sees it: for the first time, changed or come back.
    void see(const std::string& account, const Sim& seen, Timestamp when)
    {
        const auto stored = load(account, seen.id);
        if (!stored)
            write(account, seen, when, judge_added(seen, {}, context(account, when)), false);
        else if (stored->removed_at)
            write(
                account, seen, when,
                judge_restored(
                    stored->sim, stored->left_scope ? std::nullopt : stored->removed_at, stored->conditions,
                    seen, {}, context(account, when)),
                stored->left_scope);
        else
            write(
                account, seen, when,
                judge_changed(stored->sim, stored->conditions, seen, {}, context(account, when)), false);
    }

    // It had left with a filter and comes back with another one.
    void readmit(const std::string& account, const Sim& seen, Timestamp when)
    {
        const auto stored = load(account, seen.id);
        write(
            account, seen, when,
            judge_readmitted(stored->sim, stored->conditions, seen, {}, context(account, when)), true);
    }

    void lose(const std::string& account, const std::string& id, Timestamp when)
    {
        const std::vector ids{id};
        const auto events = judge_removed(load(account, id)->sim, context(account, when)).events;
        transact(
            account, when,
            [&](Transaction& transaction)
            {
                transaction.append(events);
                transaction.remove(ids, when);
            });
        lives_[{account, id}].push_back({when, std::nullopt});
    }

    void leave(const std::string& account, const std::string& id, Timestamp when)
    {
        const std::vector ids{id};
        transact(account, when, [&](Transaction& transaction) { transaction.leave_scope(ids, when); });
        lives_[{account, id}].push_back({when, std::nullopt});
    }

private:
    static EventContext context(const std::string& account, Timestamp when)
    {
        return {account, when, std::nullopt, Cause::sweep, 1, std::nullopt};
    }

    std::optional<StoredSim> load(const std::string& account, const std::string& id)
    {
        std::vector<StoredSim> found;
        const std::vector ids{id};
        mirrors_.at(account)->transact([&](Transaction& transaction) { found = transaction.load(ids); });
        return found.empty() ? std::nullopt : std::optional(found.front());
    }

    void write(
        const std::string& account, const Sim& seen, Timestamp when, const RuleResult& result,
        bool readmitted)
    {
        const bool is_new = !load(account, seen.id);
        transact(
            account, when,
            [&](Transaction& transaction)
            {
                const ObservedSim observed{seen, {1, 2}};
                const std::vector<SimToWrite> rows{{observed, result.conditions, when, readmitted}};
                is_new ? transaction.insert(rows) : transaction.update(rows);
                if (!result.events.empty())
                    transaction.append(result.events);
            });
        lives_[{account, seen.id}].push_back({when, seen});
    }

    // The store writes the time of now; this was written at its own.
    template<class Work>
    void transact(const std::string& account, Timestamp when, Work work)
    {
        mirrors_.at(account)->transact(work);
        const auto written = "timestamptz '" + to_text(when + writing) + "'";
        run_sql(
            url_, "select simsync.ensure_partitions(" + written +
                      "); update simsync.change_event set recorded_at = " + written +
                      " where recorded_at > now() - interval '10 minutes' and account = '" + account +
                      "' and observed_at = '" + to_text(when) +
                      "'; update simsync.untold_change set recorded_at = " + written +
                      " where recorded_at > now() - interval '10 minutes' and account = '" + account + "'");
    }

    std::string url_;
    std::map<std::string, std::unique_ptr<PostgresMirror>> mirrors_;
    std::map<Who, Life> lives_;
};

} // namespace simsync::test
