#include "cli/sim_choice.hpp"

#include "cli/exit_code.hpp"
#include "cli/found_text.hpp"
#include "cli/settings.hpp"
#include "model/escape.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace simsync::cli
{
namespace
{

// So many say whether one alone is meant, and are listed where it is not.
constexpr std::size_t candidates = 6;
constexpr std::size_t longest_term = 64;

std::vector<std::string> names_of(const std::optional<std::string>& account, const Config& config)
{
    if (account)
        return {chosen_account(account, config).name};
    return account_names(config);
}

[[noreturn]] void refuse_several(const std::string& term, std::span<const FoundSim* const> meant)
{
    const auto quoted = '"' + escape(term, longest_term) + '"';
    const bool cut = meant.size() >= candidates;
    std::string list;
    for (const auto* each : meant.first(std::min(meant.size(), candidates - 1)))
        list.append(list.empty() ? "" : ", ").append(found_in_words(*each));
    const bool one_id = std::ranges::all_of(
        meant, [&](const FoundSim* each) { return each->sim.id == meant.front()->sim.id; });
    throw UsageError(
        quoted + " fits several SIMs: " + list + (cut ? " and more" : ""),
        one_id ? "say which with --account"
               : "give the id of the one that is meant; simsync find shows them");
}

} // namespace

const FoundSim* the_one(const std::string& term, std::span<const FoundSim> found)
{
    using Test = bool (*)(const FoundSim&);
    // In the order in which they are believed to be meant.
    constexpr std::array<Test, 3> ranks{
        [](const FoundSim& sim) { return sim.found_by == "id"; },
        [](const FoundSim& sim) { return sim.whole; }, [](const FoundSim&) { return true; }};
    for (const bool gone : {false, true})
        for (const auto belongs : ranks)
        {
            std::vector<const FoundSim*> meant;
            for (const auto& sim : found)
                if (sim.removed_at.has_value() == gone && belongs(sim))
                    meant.push_back(&sim);
            if (meant.size() > 1)
                refuse_several(term, meant);
            if (!meant.empty())
                return meant.front();
        }
    return nullptr;
}

ChosenSim choose_sim(
    Reader& reader, const std::string& term, const std::optional<std::string>& account, const Config& config)
{
    const auto names = names_of(account, config);
    auto found = reader.with_id(term, names);
    if (found.empty())
        found = reader.find(term, names, candidates);
    if (const auto* one = the_one(term, found))
        return {&chosen_account(one->account, config), one->sim.id};
    if (!account && config.accounts.size() > 1)
        throw CommandError(
            ExitCode::data,
            "the mirrors of all accounts have no SIM that \"" + escape(term, longest_term) + "\" fits",
            "by its id the API can be asked for it: add --account");
    return {&chosen_account(account, config), term};
}

} // namespace simsync::cli
