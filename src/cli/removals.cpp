// `simsync removals`: what the guard holds, and a person's decision of it.
#include "cli/commands.hpp"
#include "cli/identity.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "model/escape.hpp"
#include "simsync/store/reader.hpp"
#include "store/decisions.hpp"
#include "store/record_json.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

constexpr std::size_t longest_value = 60;

bool has_lapsed(const HeldRemoval& held)
{
    return held.lapsed && !held.decision;
}

// Where a decision has lapsed, what matters is which SIMs it was not made of.
std::string decision_text(const HeldRemoval& held, bool some_lapsed)
{
    if (held.decision)
        return *held.decision;
    if (held.lapsed)
        return "to be decided, was " + *held.lapsed;
    return some_lapsed ? "to be decided, NEW" : "to be decided";
}

// What became of the last decision; empty where none lapsed.
std::string lapse_text(const std::vector<HeldRemoval>& held)
{
    const auto lapsed = std::ranges::find_if(held, has_lapsed);
    if (lapsed == held.end())
        return {};
    return "  what " + escape(lapsed->lapsed_by.value_or("")) + " decided (" + *lapsed->lapsed +
           ") lapsed at " + to_text(lapsed->lapsed_at.value_or(Timestamp{})).substr(0, 19) +
           "Z: SIMs are missing that it was not made of; decide anew\n";
}

std::string line(const HeldRemoval& held, bool some_lapsed)
{
    std::string text = "  " + padded(escape(held.sim, longest_value), 14) + "  " +
                       padded(escape(held.iccid_plastic.value_or(""), longest_value), 22) + "  " +
                       to_text(held.held_at).substr(0, 19) + "  " + decision_text(held, some_lapsed) + "  " +
                       escape(held.description.value_or(""), longest_value);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
}

ExitCode list(const RemovalsCommand& command, const Config& config, const std::string& account)
{
    const auto held = Reader{config.database_url}.held_removals(account);
    json::array documents;
    std::string text = account + ": " + grouped(static_cast<std::int64_t>(held.size())) + " held removals\n";
    const bool some_lapsed = std::ranges::any_of(held, has_lapsed);
    text += lapse_text(held);
    for (const auto& each : held)
    {
        documents.push_back(held_object(each));
        text += line(each, some_lapsed);
    }
    if (command.json)
        text = json::serialize(json::object{{"account", account}, {"held", std::move(documents)}}) + '\n';
    print(text);
    return ExitCode::done;
}

ExitCode decide(const RemovalsCommand& command, const Config& config, const std::string& account)
{
    const auto sims = note_decision(config.database_url, account, command.decision, person_behind());
    const std::string name(to_text(command.decision));
    std::string text = account + ": " + grouped(static_cast<std::int64_t>(sims)) + " removals are " + name +
                       "; the next complete sweep acts on it, unless other SIMs are missing by then\n";
    if (sims == 0)
        text = account + ": no removals are held\n";
    if (command.json)
        text = json::serialize(json::object{{"account", account}, {"decision", name}, {"sims", sims}}) + '\n';
    print(text);
    return ExitCode::done;
}

} // namespace

ExitCode execute(const RemovalsCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    const auto& account = chosen_account(command.account, config).name;
    return command.decision == Decision::none ? list(command, config, account)
                                              : decide(command, config, account);
}

} // namespace simsync::cli
