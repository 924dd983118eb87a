#include "cli/bulk_text.hpp"

#include "cli/text.hpp"
#include "model/escape.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <utility>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

std::string line_of(const BulkStranger& stranger)
{
    return escape(stranger.term, 64) + ": " + stranger.why;
}

} // namespace

BulkTally tally_of(const BulkOutcomes& outcomes)
{
    BulkTally tally;
    for (const auto& [key, outcome] : outcomes)
        ++(outcome.outcome == "confirmed" ? tally.confirmed
           : outcome.outcome == "failed"  ? tally.failed
                                          : tally.unknown);
    return tally;
}

std::string outcomes_json(const std::string& operation, const BulkOutcomes& outcomes)
{
    json::array sims;
    for (const auto& [key, outcome] : outcomes)
        sims.push_back(
            {{"account", key.first},
             {"id", key.second},
             {"outcome", outcome.outcome},
             {"why", outcome.why},
             {"action", outcome.action == 0 ? json::value(nullptr) : json::value(outcome.action)}});
    const auto tally = tally_of(outcomes);
    return json::serialize(json::object{
               {"operation", operation},
               {"confirmed", tally.confirmed},
               {"failed", tally.failed},
               {"unknown", tally.unknown},
               {"sims", std::move(sims)}}) +
           '\n';
}

std::string outcomes_text(const std::string& operation, const BulkOutcomes& outcomes)
{
    std::string text;
    for (const auto& [key, outcome] : outcomes)
        if (outcome.outcome != "confirmed")
            text += escape(key.second, 64) + "  " + outcome.outcome + "  " + escape(outcome.why, 300) + '\n';
    const auto tally = tally_of(outcomes);
    return text + operation + ": " + grouped(static_cast<std::int64_t>(tally.confirmed)) + " confirmed, " +
           grouped(static_cast<std::int64_t>(tally.failed)) + " failed, " +
           grouped(static_cast<std::int64_t>(tally.unknown)) + " unknown\n";
}

std::string plan_json(const std::string& operation, const BulkPlan& plan)
{
    json::array sims;
    for (const auto& [account, ids] : plan.to_do)
        for (const auto& id : ids)
            sims.push_back({{"account", account}, {"id", id}});
    json::array strangers;
    for (const auto& each : plan.strangers)
        strangers.emplace_back(line_of(each));
    return json::serialize(json::object{
               {"operation", operation},
               {"dry_run", true},
               {"to_do", std::move(sims)},
               {"no_sim", std::move(strangers)},
               {"confirmed_before", plan.done_before},
               {"unknown_before", plan.unknown_before}}) +
           '\n';
}

std::string plan_text(const std::string& operation, const BulkPlan& plan)
{
    std::string text;
    for (const auto& each : plan.strangers)
        text.append(line_of(each)).append(1, '\n');
    for (const auto& [account, ids] : plan.to_do)
        for (const auto& id : ids)
            text.append("would ")
                .append(operation)
                .append(1, ' ')
                .append(id)
                .append(" of account ")
                .append(account)
                .append(1, '\n');
    return text + operation + ": " + grouped(static_cast<std::int64_t>(plan.left())) + " SIMs, " +
           std::to_string(plan.strangers.size()) + " lines that name none; by the report " +
           std::to_string(plan.done_before) + " are done and " + std::to_string(plan.unknown_before) +
           " unknown\n";
}

} // namespace simsync::cli
