#include "sink/wanted.hpp"

namespace simsync
{
namespace
{

std::string_view text_of(const std::optional<std::string>& value)
{
    return value ? std::string_view(*value) : std::string_view{};
}

constexpr std::string_view truth(bool value)
{
    return value ? "true" : "false";
}

} // namespace

EventFacts facts_of(const EventRecord& event)
{
    return {
        .account = event.account,
        .kind = event.kind,
        .severity = event.severity,
        .cause = event.cause,
        .sim = text_of(event.sim),
        .iccid_plastic = text_of(event.iccid_plastic),
        .tariff_name = text_of(event.tariff_name),
        .description = text_of(event.description),
        .profile = text_of(event.profile),
        .number = text_of(event.number),
        .requested_by = text_of(event.requested_by),
        .standing = truth(event.standing)};
}

EventFacts facts_of(const StandingCondition& condition)
{
    EventFacts facts;
    facts.account = condition.account;
    facts.kind = condition.kind;
    facts.severity = condition.severity;
    facts.sim = text_of(condition.sim);
    facts.iccid_plastic = text_of(condition.iccid_plastic);
    facts.tariff_name = text_of(condition.facts.tariff_name);
    facts.description = text_of(condition.facts.description);
    facts.profile = text_of(condition.facts.profile);
    facts.standing = truth(condition.standing);
    return facts;
}

bool Wanted::takes(const EventRecord& event) const
{
    return takes(event.kind, event.standing) && match.takes(facts_of(event));
}

} // namespace simsync
