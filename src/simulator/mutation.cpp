// A table of the mutations that the reference and the partner's later documentation list.
#include "simulator/mutation.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace simsync::simulator
{
namespace
{

using graphql::Value;
using Refused = std::optional<std::string>;
using Balance = std::optional<Decimal> Simcard::*;

// Three to twenty digits, perhaps with a plus before them.
bool is_msisdn(std::string_view text)
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    return text.size() >= 3 && text.size() <= 20 &&
           std::all_of(text.begin(), text.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
}

// Attaching a number twice leaves it attached once.
Refused attach(const Value& arguments, Simcard& simcard)
{
    auto msisdn = scalar_member(arguments, "msisdn");
    if (!is_msisdn(msisdn))
        return "Invalid msisdn.";
    auto& numbers = simcard.caller_ids;
    if (std::find(numbers.begin(), numbers.end(), msisdn) == numbers.end())
        numbers.push_back(std::move(msisdn));
    return std::nullopt;
}

template<bool Simcard::*Flag, bool Wanted>
Refused set(const Value&, Simcard& simcard)
{
    simcard.*Flag = Wanted;
    return std::nullopt;
}

template<Balance Which, int Sign>
Refused pay(const Value& arguments, Simcard& simcard)
{
    constexpr auto most = Decimal::whole(1'000'000);
    const auto amount = Decimal::parse(scalar_member(arguments, "amount"));
    if (!amount || *amount <= Decimal{} || *amount > most)
        return "Invalid amount.";
    auto& balance = simcard.*Which;
    balance = Decimal{balance.value_or(Decimal{}).millionths + Sign * amount->millionths};
    return std::nullopt;
}

Refused detach(const Value&, Simcard& simcard)
{
    simcard.caller_ids.clear();
    return std::nullopt;
}

Refused change_tariff(const Value& arguments, Simcard& simcard)
{
    simcard.current_tariff = std::make_shared<const Tariff>(
        Tariff{"Tariff " + scalar_member(arguments, "tariffId"), "PREPAID_UNLIMITED", std::nullopt});
    return std::nullopt;
}

Refused describe(const Value& arguments, Simcard& simcard)
{
    simcard.description = scalar_member(arguments, "description");
    return std::nullopt;
}

using Mutation = Refused (*)(const Value& arguments, Simcard& simcard);

const std::map<std::string_view, Mutation> mutations{
    {"block", set<&Simcard::is_blocked, true>},
    {"unblock", set<&Simcard::is_blocked, false>},
    {"attachCallerId", attach},
    {"detachCallerId", detach},
    {"chargeBalance", pay<&Simcard::balance, -1>},
    {"chargeDataBalance", pay<&Simcard::data_balance, -1>},
    {"rechargeBalance", pay<&Simcard::balance, 1>},
    {"rechargeDataBalance", pay<&Simcard::data_balance, 1>},
    {"changeTariff", change_tariff},
    {"updateDescription", describe},
    {"archive", set<&Simcard::is_archived, true>},
    {"unarchive", set<&Simcard::is_archived, false>},
};

} // namespace

std::string scalar_member(const Value& object, std::string_view name)
{
    const auto* member = object.member(name);
    if (member == nullptr)
        return {};
    if (const auto* number = std::get_if<graphql::Number>(&member->is))
        return number->text;
    const auto* text = std::get_if<std::string>(&member->is);
    return text == nullptr ? std::string{} : *text;
}

std::optional<std::string>
mutate(std::string_view mutation, const Value& arguments, Simcard& simcard, Instant now)
{
    if (mutation != "changeRemainingTariffDays")
        return mutations.at(mutation)(arguments, simcard);
    const auto text = scalar_member(arguments, "day");
    int days = -1;
    std::from_chars(text.data(), text.data() + text.size(), days);
    if (days < 0 || days > 36'500)
        return "Invalid day.";
    simcard.tariff_expires_at = now + std::chrono::days{days};
    return std::nullopt;
}

} // namespace simsync::simulator
