#include "store/action_queue.hpp"

#include "postgres/connection.hpp"
#include "store/action_rows.hpp"
#include "store/schema_check.hpp"
#include "store/subscriber.hpp"

#include <utility>

namespace simsync
{

struct ActionQueue::Impl
{
    Impl(const std::string& url, std::string of) : session(url), account(std::move(of))
    {
        require_our_schema(session);
        refuse_subscriber(session);
    }

    Connection session;
    std::string account;
};

ActionQueue::ActionQueue(const std::string& url, std::string account)
    : impl_(std::make_unique<Impl>(url, std::move(account)))
{
}

ActionQueue::~ActionQueue() = default;

std::int64_t ActionQueue::request(const ActionRecord& action, const std::string& requested_by)
{
    return impl_->session.transact(
        "request an action of account \"" + impl_->account + '"',
        [&](Work& work) { return insert_action(work, impl_->account, action, requested_by); });
}

void ActionQueue::request_all(
    std::span<const ActionRecord> actions, const std::string& requested_by,
    const std::function<void(std::span<const std::int64_t> ids)>& before_commit)
{
    impl_->session.transact(
        "request actions of account \"" + impl_->account + '"',
        [&](Work& work)
        {
            std::vector<std::int64_t> ids;
            for (const auto& action : actions)
                ids.push_back(insert_action(work, impl_->account, action, requested_by));
            before_commit(ids);
        });
}

std::vector<ActionRecord> ActionQueue::look(std::span<const std::int64_t> ids)
{
    return impl_->session.transact(
        "look at actions of account \"" + impl_->account + '"',
        [&](Work& work) { return find_actions(work, impl_->account, ids); });
}

ActionRecord ActionQueue::look(std::int64_t id)
{
    const auto found = impl_->session.transact(
        "look at an action of account \"" + impl_->account + '"',
        [&](Work& work) { return find_action(work, impl_->account, id); });
    if (!found)
        throw StoreDefect(
            "action " + std::to_string(id) + " of account \"" + impl_->account + "\" has gone",
            "somebody deleted its row in simsync.action");
    return *found;
}

bool ActionQueue::withdraw(std::int64_t id, const std::string& why)
{
    return impl_->session.transact(
        "withdraw an action of account \"" + impl_->account + '"',
        [&](Work& work) {
            return finish_action(
                work, impl_->account, id, ActionState::requested, {ActionState::failed, why});
        });
}

} // namespace simsync
