// What a person asks the account's leader to do, written beside it on a connection of one's own.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "simsync/store/records.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

// One person's connection to the table of actions of an account. Throws any StoreError.
class ActionQueue
{
public:
    ActionQueue(const std::string& url, std::string account);
    ~ActionQueue();
    ActionQueue(const ActionQueue&) = delete;
    ActionQueue& operator=(const ActionQueue&) = delete;

    // Writes the request and returns the action's id. `requested_by`: the person's name, for others to read.
    std::int64_t request(const ActionRecord& action, const std::string& requested_by);

    // Several, in one transaction. `before_commit` is told the ids that they get, in their order, before
    // there is any of them: who writes those down knows after a crash where to look. What it throws, and then
    // nothing is requested.
    void request_all(
        std::span<const ActionRecord> actions, const std::string& requested_by,
        const std::function<void(std::span<const std::int64_t> ids)>& before_commit);

    ActionRecord look(std::int64_t id);

    // Those of them that are there, by id.
    std::vector<ActionRecord> look(std::span<const std::int64_t> ids);

    // Takes it back, as failed for this reason; false where it was sent in the meantime.
    bool withdraw(std::int64_t id, const std::string& why);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
