// `simsync migrate`: brings the schema up to date, or tells how it stands. Calls store/schema.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "simsync/store/schema.hpp"

namespace simsync::cli
{
namespace
{

std::string status_line(const MigrationStatus& migration)
{
    return migration.name + "  " + migration.checksum.substr(0, 12) + "  " +
           (migration.applied ? "applied " + migration.applied_at : "not applied") + '\n';
}

} // namespace

ExitCode migrate_schema(const Arguments& arguments)
{
    const auto config = load_database_settings(arguments);
    std::string text;
    if (arguments.status)
        for (const auto& migration : migration_status(config.database_url))
            text += status_line(migration);
    else
        for (const auto& migration : migrate(config.database_url))
            text += "applied " + migration.name + '\n';
    print(text.empty() ? "the schema is up to date\n" : text);
    return ExitCode::done;
}

} // namespace simsync::cli
