// `simsync migrate`: brings the schema up to date, or tells how it stands.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "store/schema.hpp"

namespace simsync::cli
{
namespace
{

std::string status_line(const MigrationStatus& migration)
{
    return migration.name + "  " + migration.checksum.substr(0, 12) + "  " +
           (migration.applied ? "applied " + migration.applied_at : "not applied") + '\n';
}

ExitCode print_moved(const std::string& url, std::string text)
{
    const auto moved = adopt_moved(url);
    for (const auto& each : moved)
        if (each.adopted)
            text += "account " + each.account + ": its events go on being numbered\n";
    print(moved.empty() ? text + "nothing was moved: the numbering goes on as it is\n" : text);
    for (const auto& each : moved)
        if (!each.adopted)
            throw CommandError(
                ExitCode::configuration,
                "the events of account \"" + each.account +
                    "\" have been numbered anew already, and some were told since",
                "their consumers go on with: select simsync.resume_consumer(NAME); "
                "simsync status names those that wait");
    return ExitCode::done;
}

} // namespace

ExitCode execute(const MigrateCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    std::string text;
    if (command.status)
        for (const auto& migration : migration_status(config.database_url))
            text += status_line(migration);
    else
        for (const auto& migration : migrate(config.database_url))
            text += "applied " + migration.name + '\n';
    if (command.moved && !command.status)
        return print_moved(config.database_url, text);
    print(text.empty() ? "the schema is up to date\n" : text);
    return ExitCode::done;
}

} // namespace simsync::cli
