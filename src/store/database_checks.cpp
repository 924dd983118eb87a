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
        "ask for its version", [](pqxx::work& work)
        { return work.exec1("select split_part(current_setting('server_version'), ' ', 1), current_user"); });
    return "PostgreSQL " + std::string(version[0].c_str()) + ", " + impl_->session.place() + ", as " +
           version[1].c_str();
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
        [](pqxx::work& work)
        {
            return work
                .exec1(R"(
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
        [](pqxx::work& work)
        {
            return work.exec1("select case when pg_is_in_recovery() then 'a standby' else '' end")[0]
                .as<std::string>();
        });
    if (!why_not.empty())
        throw DatabaseUnavailable(
            impl_->session.place() + " is " + why_not,
            "connect to the primary (target_session_attrs=read-write)");
}

} // namespace simsync
