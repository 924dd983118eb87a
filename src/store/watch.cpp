#include "store/watch.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/connection.hpp"
#include "postgres/pooler.hpp"
#include "postgres/row_values.hpp"
#include "store/consumer_rows.hpp"
#include "store/holder_session.hpp"
#include "store/loading_rows.hpp"
#include "store/schema_check.hpp"

namespace simsync
{

struct Watch::Impl
{
    explicit Impl(const std::string& url) : session(url, holder_settings)
    {
        refuse_pooler(session, url);
        require_our_schema(session);
    }

    Membership& among(const std::vector<std::string>& those)
    {
        if (!membership || accounts != those)
        {
            membership.reset();
            accounts = those;
            membership.emplace(session, accounts);
        }
        return *membership;
    }

    Connection session;
    std::vector<std::string> accounts; // of the membership
    std::optional<Membership> membership;
};

Watch::Watch(const std::string& url) : impl_(std::make_unique<Impl>(url)) {}
Watch::~Watch() = default;

void Watch::enter(const std::vector<std::string>& accounts)
{
    impl_->among(accounts).enter();
}

LocksSeen Watch::look(const std::vector<std::string>& accounts)
{
    return impl_->among(accounts).look();
}

void Watch::leave() noexcept
{
    impl_->membership.reset();
}

void Watch::tell(const LeaseNews& news)
{
    simsync::tell(impl_->session, news);
}

std::vector<std::string> Watch::accounts_with_requests()
{
    return impl_->session.transact(
        "look for actions",
        [](Work& work)
        {
            std::vector<std::string> accounts;
            for (const auto& row :
                 work.exec("select distinct account from simsync.action where state = 'requested'"))
                accounts.push_back(row[0].as<std::string>());
            return accounts;
        });
}

std::map<std::string, LastEvent> Watch::last_events(std::span<const std::string> accounts)
{
    return impl_->session.transact(
        "look how far events are",
        [&](Work& work)
        {
            std::map<std::string, LastEvent> last;
            for (const auto& row : work.exec_params(
                     "select account, stream_id, last_seq from simsync.ledger where account = any "
                     "($1::text[])",
                     array_literal(accounts)))
                last.emplace(
                    row[0].as<std::string>(), LastEvent{row[1].as<std::string>(), row[2].as<std::int64_t>()});
            return last;
        });
}

void Watch::note_loading(const std::map<std::string, Loaded>& loaded)
{
    impl_->session.transact(
        "note how far the SIMs are loaded", [&](Work& work) { simsync::note_loading(work, loaded); });
}

std::vector<ConsumerPosition> Watch::consumers()
{
    return impl_->session.transact(
        "look at the consumers",
        [](Work& work)
        {
            return consumer_positions(work.exec(
                "select " + consumer_position_columns +
                " from simsync.consumer_position order by account, consumer"));
        });
}

void Watch::listen(const std::string& channel)
{
    impl_->session.attempt("listen", [&] { impl_->session.connection().listen(channel); });
}

std::vector<Notification> Watch::notifications()
{
    return impl_->session.attempt(
        "hear what is notified", [&] { return impl_->session.connection().take_notifications(); });
}

void Watch::ring(const NewestEvents& newest)
{
    simsync::ring(impl_->session, newest);
}

int Watch::socket() const noexcept
{
    return impl_->session.connection().socket();
}

ConnectionRoom Watch::room(const std::vector<std::string>& accounts)
{
    return connection_room(impl_->session, accounts);
}

} // namespace simsync
