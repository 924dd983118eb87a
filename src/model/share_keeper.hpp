// What an instance does so that each leads its share: which leases it takes, which it gives back to whom they
// belong. Pure: it is told what the database shows, and when.
#pragma once

#include "model/shares.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

// What the database shows of the instances that share accounts with us, in one look.
struct LeasesSeen
{
    InstanceId self = 0;
    std::vector<InstanceId> alive;          // ourselves included
    std::set<std::string, std::less<>> led; // accounts whose lease somebody holds, we or others

    bool operator==(const LeasesSeen&) const = default;
};

// One account at a time is handed over: what comes and goes in a moment is led by somebody at all times but
// that one. `Time` is monotonic.
class ShareKeeper
{
public:
    using Time = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::steady_clock::duration;

    // Another's account is taken where its lease was free for so long: its owner cannot.
    static constexpr std::chrono::seconds owners_turn{10};
    // What was given back is taken back where it is still free then.
    static constexpr std::chrono::seconds taken_within{5};
    // Accounts are handed over once nobody has come or gone for so long: an instance that cannot stay shall
    // not set all of them moving.
    static constexpr std::chrono::seconds settled_after{5};
    // Whoever did not take what it was given is given nothing more for so long, twice as long each time.
    static constexpr std::chrono::seconds first_rest{10};
    static constexpr std::chrono::seconds longest_rest{1'800};

    explicit ShareKeeper(std::vector<std::string> accounts);

    // A look at the database that was begun at `asked`; what has happened since is not in it. It ends the
    // hand-over under way where the account was taken, or was not in time: then it may be taken back.
    void saw(const LeasesSeen& seen, Time asked);
    // Told by whoever did it, ahead of the next look: its lease is free. Whether it should be tried for: only
    // where it belongs to us.
    bool heard_free(const std::string& account, Time now);
    // Somebody has taken it. Whether that ended the hand-over under way.
    bool heard_taken(const std::string& account);
    // Nobody knows any more who is alive, until the next look: nothing is taken or given.
    void lost_sight();

    // Whether this account's lease should be tried for, as far as the last look tells.
    bool may_take(const std::string& account, Time now) const;

    // Of those `idle` among these that we lead: the one to hand over now, if any. Idle: no sweep runs of it.
    std::optional<std::string>
    choose(std::span<const std::string> led, std::span<const std::string> idle, Time now) const;
    // Whether this one of those that we lead is to be handed over now.
    bool may_give(const std::string& account, std::span<const std::string> led, Time now) const;
    // It is about to be given back: nothing else is, until a look shows how that ended.
    void gives(const std::string& account);
    // Its lease is free.
    void gave(const std::string& account, Time now);
    // Whether one is free and not known to be taken: look again soon.
    bool awaits_taking() const noexcept { return giving_ && giving_->free_since; }

    // So many accounts belong to us, and so many instances share them; 0 before the first look.
    std::size_t share() const;
    std::size_t alive() const noexcept { return alive_.size(); }

private:
    struct Giving
    {
        std::string account;
        InstanceId to = 0;
        std::optional<Time> free_since; // not given back yet
    };
    struct Rest
    {
        int times = 0;
        Time until{};
    };

    bool is_ours(const std::string& account) const;
    bool belongs_elsewhere(const std::string& account, std::span<const std::string> led) const;
    bool may_begin(Time now) const;
    void know(const LeasesSeen& seen, Time asked);
    void judge_giving(const LeasesSeen& seen, Time asked);
    void was_taken();
    void was_not_taken(Time now);
    void rests(InstanceId instance, Time now);

    std::vector<std::string> accounts_;
    InstanceId self_ = 0;
    std::vector<InstanceId> alive_; // in order; empty: nothing is known
    Time alive_since_{};            // nobody has come or gone since
    std::map<std::string, Share> shares_;
    std::map<std::string, Time> free_since_;
    std::set<std::string> take_back_;    // given in vain
    std::map<std::string, int> in_vain_; // so often
    std::map<InstanceId, Rest> rests_;
    std::optional<Giving> giving_;
};

} // namespace simsync
