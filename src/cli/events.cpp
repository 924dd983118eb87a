// `simsync events`: reads the change log as any consumer would, by seq. Calls store/reader.
#include "cli/commands.hpp"
#include "cli/event_text.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "simsync/store/reader.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <thread>

namespace simsync::cli
{
namespace
{

using Positions = std::map<std::string, std::int64_t>;

constexpr std::int64_t most_at_once = 1000;
// A notification is lost when the connection is; looking at least so often makes that harmless.
constexpr std::chrono::seconds longest_wait{5};
constexpr std::chrono::seconds reconnect_interval{1};

EventFilter filter_of(const Arguments& arguments, const Config& config)
{
    EventFilter filter{std::nullopt, arguments.kinds, arguments.sim};
    if (!arguments.accounts.empty())
        filter.account = chosen_account(arguments, config).name;
    return filter;
}

// `--after` counts within one account, for seq does.
Positions begin_after(const Arguments& arguments, const Config& config, Reader& reader)
{
    if (arguments.after)
        return {{chosen_account(arguments, config).name, *arguments.after}};
    return arguments.follow ? reader.positions() : Positions{};
}

void move_on(Positions& positions, const std::vector<EventRecord>& events)
{
    for (const auto& event : events)
        positions[event.account] = std::max(positions[event.account], event.seq);
}

// The filter matched nothing up to there: no need to look at those again.
void skip_to(Positions& positions, const Positions& reached)
{
    for (const auto& [account, seq] : reached)
        positions[account] = std::max(positions[account], seq);
}

bool print_all(const std::vector<EventRecord>& events, std::string (*text)(const EventRecord&))
{
    std::string lines;
    for (const auto& event : events)
        lines.append(text(event)).append(1, '\n');
    return lines.empty() || print(lines);
}

// What is still to be told, and how. The positions outlive the connection.
struct Telling
{
    EventFilter filter;
    std::string (*text)(const EventRecord&);
    Positions positions;
    std::int64_t left;
};

// Tells what there is; false when the reader of stdout has gone.
bool tell_all(Reader& reader, Telling& telling)
{
    while (telling.left > 0)
    {
        const auto reached = reader.positions();
        const auto found = reader.events(telling.filter, telling.positions,
                                         static_cast<std::size_t>(std::min(telling.left, most_at_once)));
        if (!print_all(found, telling.text))
            return false;
        move_on(telling.positions, found);
        telling.left -= std::ssize(found);
        if (found.empty())
        {
            skip_to(telling.positions, reached);
            break;
        }
    }
    return true;
}

// Until the limit is reached or the reader of stdout has gone. Waiting begins before the first look, so that
// no commit falls between the two.
void follow(Reader& reader, Telling& telling)
{
    reader.wait(std::chrono::milliseconds{0});
    while (tell_all(reader, telling) && telling.left > 0)
        reader.wait(longest_wait);
}

// A database that was restarted is waited for: no event is missed, for they are read by position.
std::unique_ptr<Reader> reconnect(const std::string& url)
{
    for (;;)
    {
        try
        {
            return std::make_unique<Reader>(url);
        }
        catch (const DatabaseUnavailable&)
        {
            std::this_thread::sleep_for(reconnect_interval);
        }
    }
}

void follow_on(std::unique_ptr<Reader> reader, Telling& telling, const std::string& url)
{
    for (;;)
    {
        try
        {
            return follow(*reader, telling);
        }
        catch (const DatabaseUnavailable& error)
        {
            complain(error.what(), "it goes on by itself when the database is back");
        }
        reader = reconnect(url);
    }
}

} // namespace

ExitCode events(const Arguments& arguments)
{
    const auto config = load_settings(arguments);
    auto reader = std::make_unique<Reader>(config.database_url);
    Telling telling{filter_of(arguments, config),
                    arguments.json          ? event_json
                    : stdout_takes_colour() ? event_line_in_colour
                                            : event_line,
                    begin_after(arguments, config, *reader),
                    arguments.limit.value_or(std::numeric_limits<std::int64_t>::max())};
    if (arguments.follow)
        follow_on(std::move(reader), telling, config.database_url);
    else
        tell_all(*reader, telling);
    return ExitCode::done;
}

} // namespace simsync::cli
