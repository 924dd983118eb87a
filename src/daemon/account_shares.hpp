// What is seen and heard of leases, as the accounts of this instance are told of it; and which of them is
// handed over. It asks nobody: whoever watches the database calls it. What our share is decides
// model/share_keeper.
#pragma once

#include "model/load_progress.hpp"
#include "model/share_keeper.hpp"
#include "simsync/store/records.hpp"
#include "store/membership.hpp"
#include "store/watch.hpp"

#include <exception>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace simsync
{

// What one account wants to hear. All are called on the event loop, and not while they are added or removed.
struct AccountWatch
{
    std::string account;
    std::function<void()> begun; // Watcher::has_begun from now on
    // Whether it stands by. Only then one of the next two is called, when the leases were looked at: who
    // holds it, or (empty) that nobody does and it is ours to take; or that nobody knows.
    std::function<bool()> stands_by;
    std::function<void(const std::optional<Lease>&)> lease;
    std::function<void(const std::exception_ptr& failed)> lease_unknown; // a StoreError
    // How far the events are; while it stands by. Whoever takes over tells by it which are missing then.
    std::function<void(const LastEvent&)> last_event;
    // Whether it is led here; and with no sweep under way. Only then the next is called: it belongs to
    // another instance, and has to be given back, of which `gave` tells.
    std::function<bool()> is_led;
    std::function<bool()> is_idle;
    std::function<void()> hand_over;
    // How far it has come with loading what the mirror holds; empty while it does not.
    std::function<std::optional<Loaded>()> loading;
    std::function<void()> requested;                                     // an action waits
    std::function<void(const std::string& sim)> asked_for;               // by a person, who has read it
    std::function<void(const std::vector<ConsumerPosition>&)> consumers; // of this account
};

class AccountShares
{
public:
    using Time = ShareKeeper::Time;
    using Place = std::list<AccountWatch>::iterator;

    Place add(AccountWatch watch) { return accounts_.insert(accounts_.end(), std::move(watch)); }
    void remove(Place place) { accounts_.erase(place); }
    const std::list<AccountWatch>& all() const noexcept { return accounts_; }

    // These are shared, whether or not they are among those that were added. What is known of shares is
    // forgotten where they are others than before, or `elsewhere`: in another database.
    void share(std::vector<std::string> accounts, bool elsewhere);
    const std::vector<std::string>& shared() const noexcept { return shared_; } // in order
    const ShareKeeper& shares() const noexcept { return shares_; }

    bool stands_by(const std::string& account) const;
    // To be asked before a look, and handed to `saw`: who begins to stand by while we look waits for the next
    // one, for this one may be older than the refusal.
    std::vector<std::string> standing_by() const { return those_that(&AccountWatch::stands_by); }
    // A look that was begun at `asked`.
    void saw(const LocksSeen& seen, Time asked, const std::vector<std::string>& standing_by);
    // There is no connection: `failed` is the StoreError.
    void lost_sight(const std::exception_ptr& failed);
    // Another instance told, or we: false where it has to be looked at why.
    bool heard_free(const std::string& account, Time now);
    void heard_taken(const std::string& account, Time now);

    // Of those that are idle, if one is to be handed over now.
    void hand_over_one(Time now);
    // At the end of a sweep, of an account that is led here: whether it has to be given back now, of which
    // `gave` tells.
    bool begin_giving(const std::string& account, Time now);
    void gave(const std::string& account, Time now);
    void took(const std::string& account);

    // What the other instances have to be told.
    const LeaseNews& news() const noexcept { return news_; }
    LeaseNews take_news() { return std::exchange(news_, {}); }

private:
    std::vector<std::string> those_that(std::function<bool()> AccountWatch::*are) const;

    std::list<AccountWatch> accounts_;
    std::vector<std::string> shared_;
    ShareKeeper shares_{{}};
    LeaseNews news_;
};

} // namespace simsync
