#include "cli/bulk_plan.hpp"

namespace simsync::cli
{
namespace
{

void add_to(BulkPlan& plan, const BulkKey& key, const BulkOutcomes& so_far)
{
    const auto known = so_far.find(key);
    const auto outcome = known == so_far.end() ? std::string{} : known->second.outcome;
    if (outcome == "confirmed")
        ++plan.done_before;
    else if (outcome == "unknown")
        ++plan.unknown_before;
    else if (outcome == asked_for)
        plan.asked_before[key.first].emplace(known->second.action, key.second);
    else
        plan.to_do[key.first].push_back(key.second);
}

std::string why_not_one(const std::vector<BulkKey>& sims)
{
    if (sims.empty())
        return "no SIM of the mirror has this id, ICCID or number";
    auto why = "it names " + std::to_string(sims.size()) + " SIMs";
    for (std::size_t i = 0; i < sims.size(); ++i)
        why.append(i == 0 ? ": " : ", ").append(sims[i].second).append(" of account ").append(sims[i].first);
    return why;
}

} // namespace

std::size_t BulkPlan::left() const
{
    std::size_t sims = 0;
    for (const auto& [account, ids] : to_do)
        sims += ids.size();
    for (const auto& [account, actions] : asked_before)
        sims += actions.size();
    return sims;
}

BulkPlan
bulk_plan(const std::vector<std::string>& terms, std::span<const NamedSim> named, const BulkOutcomes& so_far)
{
    std::map<std::string, std::vector<BulkKey>> sims_of;
    for (const auto& each : named)
        sims_of[each.term].push_back({each.account, each.id});
    BulkPlan plan;
    for (const auto& term : terms)
    {
        const auto& sims = sims_of[term];
        if (sims.size() != 1)
        {
            plan.strangers.push_back({term, why_not_one(sims)});
            plan.all.insert({"", term});
        }
        else if (plan.all.insert(sims.front()).second)
            add_to(plan, sims.front(), so_far);
    }
    return plan;
}

BulkOutcomes outcomes_of(const BulkPlan& plan, const BulkOutcomes& report)
{
    BulkOutcomes outcomes;
    for (const auto& [key, outcome] : report)
        if (plan.all.contains(key))
            outcomes.emplace(key, outcome);
    return outcomes;
}

} // namespace simsync::cli
