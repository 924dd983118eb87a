#include "cli/drifts.hpp"

#include "model/escape.hpp"

#include <boost/json.hpp>

#include <string>

namespace simsync::cli
{
namespace
{

std::string drifting(const Drifts& drifts, bool left_out)
{
    std::string text;
    for (const auto& [field, drift] : drifts)
        if (drift.left_out == left_out)
            text.append(text.empty() ? "" : ", ")
                .append(escape(field))
                .append(" since ")
                .append(to_text(drift.since).substr(0, 19))
                .append("Z");
    return text;
}

} // namespace

std::vector<StatusTrouble> troubles_of(const Drifts& drifts)
{
    std::vector<StatusTrouble> troubles;
    if (const auto unknown = drifting(drifts, true); !unknown.empty())
        troubles.push_back(
            {"the API does not know these, and their columns keep what they held: " + unknown,
             "they are asked for again by itself; if the API has dropped them, look for a newer "
             "simsync"});
    if (const auto misfits = drifting(drifts, false); !misfits.empty())
        troubles.push_back(
            {"some values of these cannot be read or do not fit, and read null: " + misfits,
             "see undecoded in simsync.sim; the API has to mend them"});
    return troubles;
}

boost::json::array drifts_json(const Drifts& drifts)
{
    boost::json::array all;
    for (const auto& [field, drift] : drifts)
        all.push_back(boost::json::object{
            {"field", field},
            {"since", to_text(drift.since)},
            {"left_out", drift.left_out},
            {"error", drift.error}});
    return all;
}

} // namespace simsync::cli
