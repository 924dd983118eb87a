// Leads an account on a thread of its own, for a command that has many actions to be carried out and finds
// that nobody leads.
#pragma once

#include "config/config.hpp"

#include <memory>

namespace simsync::cli
{

class LeaderHere
{
public:
    // Tries for the account's lease; from then on what is requested is carried out here. Null where somebody
    // else leads. Throws any StoreError; CommandError where the API's password cannot be read.
    static std::unique_ptr<LeaderHere> take(const Config& config, const AccountConfig& account);
    ~LeaderHere(); // ends when what is under way has ended, and gives the lease back
    LeaderHere(const LeaderHere&) = delete;
    LeaderHere& operator=(const LeaderHere&) = delete;

    // Throws what ended the work early; nothing is carried out any more then.
    void check();

private:
    struct Impl;
    explicit LeaderHere(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync::cli
