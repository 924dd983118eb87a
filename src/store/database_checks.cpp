#include "store/database_checks.hpp"

#include "postgres/connection.hpp"
#include "postgres/pooler.hpp"
#include "store/schema_check.hpp"

namespace simsync
{

struct DatabaseChecks::Impl
{
    explicit Impl(const std::string& of) : url(of), session(of) {}

    std::string url;
    Connection session;
};

DatabaseChecks::DatabaseChecks(const std::string& url) : impl_(std::make_unique<Impl>(url)) {}

DatabaseChecks::~DatabaseChecks() = default;

std::string DatabaseChecks::server() const
{
    const auto version = impl_->session.transact(
        "ask for its version",
        [](Work& work) {
            return work.exec_one(
                "select split_part(current_setting('server_version'), ' ', 1), current_user");
        });
    return "PostgreSQL " + version[0].as<std::string>() + ", " + impl_->session.place() + ", as " +
           version[1].as<std::string>();
}

void DatabaseChecks::require_no_pooler()
{
    refuse_pooler(impl_->session, impl_->url);
}

void DatabaseChecks::require_schema()
{
    require_our_schema(impl_->session);
}

void DatabaseChecks::require_rights()
{
    const auto missing = impl_->session.transact(
        "ask for the rights in",
        [](Work& work)
        {
            return work
                .exec_one(R"(
        select coalesce(string_agg(what || ' ' || name, ', ' order by name), '')
          from (values ('insert', 'simsync.sim'), ('update', 'simsync.sim'), ('insert', 'simsync.change_event'),
                       ('update', 'simsync.ledger'), ('insert', 'simsync.sweep'), ('update', 'simsync.action'),
                       ('delete', 'simsync.condition')) as needed (what, name)
         where not has_table_privilege(name, what))")[0]
                .as<std::string>();
        });
    if (!missing.empty())
        throw DatabaseRefused(
            "the role may not " + missing + " in " + impl_->session.place(),
            "let the owner run: GRANT simsync_writer TO the daemon's role");
}

void DatabaseChecks::require_writable()
{
    const auto why_not = impl_->session.transact(
        "ask whether it can be written",
        [](Work& work)
        {
            return work.exec_one("select case when pg_is_in_recovery() then 'a standby' else '' end")[0]
                .as<std::string>();
        });
    if (!why_not.empty())
        throw DatabaseUnavailable(
            impl_->session.place() + " is " + why_not,
            "connect to the primary (target_session_attrs=read-write)");
}

void DatabaseChecks::require_no_subscriber()
{
    refuse_subscriber(impl_->session);
}

std::optional<std::vector<PublicationDoubt>> DatabaseChecks::doubts_about_publication()
{
    return simsync::doubts_about_publication(impl_->session);
}

// Without pg_monitor the rows are there, and say nothing: yet where commits wait for nobody, they do not wait
// for those.
std::optional<DatabaseChecks::Standbys> DatabaseChecks::standbys()
{
    const auto row = impl_->session.transact(
        "look for standbys",
        [](Work& work)
        {
            return work.exec_one(R"(
        select count(*), count(*) filter (where r.sync_state in ('sync', 'quorum')),
               current_setting('synchronous_standby_names') <> '' and bool_or(r.state is null)
          from pg_stat_replication r
         where coalesce(r.state, 'streaming') = 'streaming'
           and not exists (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical'))");
        });
    const Standbys found{row[0].as<std::int64_t>(), row[1].as<std::int64_t>()};
    const bool unknown = row[2].as<std::optional<bool>>().value_or(false);
    return found.all > 0 && !unknown ? std::optional(found) : std::nullopt;
}

ConnectionRoom DatabaseChecks::room(const std::vector<std::string>& accounts)
{
    return connection_room(impl_->session, accounts);
}

} // namespace simsync
