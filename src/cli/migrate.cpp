// `simsync migrate`: brings the schema up to date, or tells how it stands.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/settings.hpp"
#include "store/schema.hpp"
#include "store/search_index.hpp"
#include "store/subscriber.hpp"

#include <optional>
#include <string>

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

std::string search_line(SearchIndex outcome)
{
    switch (outcome)
    {
    case SearchIndex::built:
        return "built the index sim_search: a search finds any part of a number at once\n";
    case SearchIndex::was_there:
        return "the index sim_search is there\n";
    case SearchIndex::dropped:
        return "dropped the index sim_search: a search reads every SIM\n";
    case SearchIndex::was_not_there:
        return "there is no index sim_search\n";
    }
    return {};
}

constexpr const char* published =
    "published the mirror as the publication simsync\n"
    "the server needs wal_level = logical and a max_slot_wal_keep_size: simsync check says how it stands\n";

// What a superuser has to run is printed as it is to be typed.
std::string subscription_text(const std::string& url)
{
    const auto command = subscription_command(url);
    if (command.empty())
        return "this database is a subscriber, and subscribed\n";
    return "this database is a subscriber; a superuser subscribes it, with the publisher's place filled "
           "in:\n\n" +
           command + '\n';
}

// Minutes for a large fleet: on a terminal a bar for each of its phases.
class IndexBar
{
public:
    void show(const IndexProgress& progress)
    {
        if (!bar_ || progress.phase != phase_)
        {
            phase_ = progress.phase;
            bar_.emplace("sim_search: " + phase_, "done");
        }
        bar_->show(progress.done, progress.total);
    }

private:
    std::string phase_;
    std::optional<ProgressBar> bar_;
};

std::string build_search(const std::string& url)
{
    IndexBar bar;
    return search_line(
        build_search_index(url, [&bar](const IndexProgress& progress) { bar.show(progress); }));
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
        for (const auto& migration :
             command.subscriber ? migrate_subscriber(config.database_url) : migrate(config.database_url))
            text += "applied " + migration.name + '\n';
    if (command.publisher)
        text += publish(config.database_url) ? published : "the publication simsync is up to date\n";
    if (command.subscriber)
        text += subscription_text(config.database_url);
    if (command.search)
        text += build_search(config.database_url);
    if (command.no_search)
        text += search_line(drop_search_index(config.database_url));
    if (command.moved && !command.status)
        return print_moved(config.database_url, text);
    print(text.empty() ? "the schema is up to date\n" : text);
    return ExitCode::done;
}

} // namespace simsync::cli
