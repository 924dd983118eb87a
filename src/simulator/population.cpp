// What a fleet looks like: the shares of blocked, archived, poor and expired SIMs stand beside the fields.
// Called when the server starts and by churn.
#include "simulator/population.hpp"

#include <array>
#include <chrono>

namespace simsync::simulator
{
namespace
{

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t first_id = 10'000'000;

std::shared_ptr<const Tariff> shared(Tariff tariff)
{
    return std::make_shared<const Tariff>(std::move(tariff));
}

// Every type that the partner's later documentation names, some more than once.
const auto& tariffs()
{
    static const std::array catalogue{
        shared({"Europe unlimited", "PREPAID_UNLIMITED", std::nullopt}),
        shared({"World unlimited", "PREPAID_UNLIMITED", std::nullopt}),
        shared({"Package 500", "PREPAID_PACKAGE", 30'000}),
        shared({"Package 3000", "PREPAID_PACKAGE", 180'000}),
        shared({"Pay as you go", "POSTPAID_MINUTE", std::nullopt}),
        shared({"Wholesale margin", "MARGIN_CALCULATE", std::nullopt}),
        shared({"Renewing 1000", "RENEWAL_PREPAID_PACKAGE", 60'000}),
        shared({"Renewing \"Max\"", "RENEWAL_PREPAID_PACKAGE", 300'000}),
    };
    return catalogue;
}

std::string digits(Random& random, std::string text, std::size_t length)
{
    text.reserve(length);
    while (text.size() < length)
        text += static_cast<char>('0' + random.below(10));
    return text;
}

std::string make_iccid(Random& random)
{
    static constexpr std::array<std::size_t, 10> lengths{19, 19, 19, 19, 19, 19, 20, 20, 18, 22};
    return digits(random, "8997201", random.pick(lengths));
}

// 1 % spent or in debt, 4 % below five, the rest comfortable.
Decimal make_balance(Random& random)
{
    const auto share = random.below(100);
    if (share < 1)
        return Decimal::cents(random.between(-250, 0));
    if (share < 5)
        return Decimal::cents(random.between(1, 499));
    return Decimal::cents(random.between(500, 24'999));
}

// 3 % have lapsed within the last fortnight, the rest lapse within the next sixty days.
std::optional<Instant> make_expiry(Random& random, Instant now)
{
    if (random.percent(8))
        return std::nullopt;
    const bool lapsed = random.percent(3);
    const auto distance =
        milliseconds{random.between(60'000, milliseconds{lapsed ? days{14} : days{60}}.count())};
    return lapsed ? now - distance : now + distance;
}

void give_numbers(Random& random, Simcard& simcard)
{
    if (random.percent(70))
        simcard.fmcs.push_back(make_internal_number(random));
    if (random.percent(70))
        simcard.caller_ids.push_back(make_msisdn(random));
    if (random.percent(10))
        simcard.caller_ids.push_back(make_msisdn(random));
    if (random.percent(30))
        simcard.external_msisdns.push_back(make_msisdn(random));
}

void give_state(Random& random, Simcard& simcard, Instant now)
{
    simcard.is_blocked = random.percent(2);
    simcard.is_archived = random.percent(1);
    simcard.allow_free_caller_id_change = random.percent(30);
    simcard.allow_free_voice_substitution = random.percent(10);
    simcard.balance = make_balance(random);
    if (random.percent(60))
        simcard.data_balance = Decimal::cents(random.between(0, 9'999));
    if (random.percent(96))
        simcard.latest_activity = now - milliseconds{random.between(0, milliseconds{days{3}}.count())};
}

} // namespace

std::shared_ptr<const Tariff> make_tariff(Random& random)
{
    return random.pick(tariffs());
}

std::string make_imei(Random& random)
{
    return digits(random, "35", 15);
}

std::string make_msisdn(Random& random)
{
    return digits(random, "37251", 11);
}

std::string make_internal_number(Random& random)
{
    return digits(random, "4", 5);
}

std::string make_description(Random& random)
{
    static constexpr std::array<const char*, 8> texts{
        "Courier van, north depot",
        "Alarm panel",
        "Sales team, replacement phone",
        "Käufer & Söhne GmbH",
        "Vending machine (lobby)",
        "GPS tracker, leased",
        "Spare; do not ship",
        "Tablet \"Kasse 3\""};
    return std::string{random.pick(texts)} + " #" + std::to_string(random.below(10'000));
}

Simcard make_simcard(Random& random, std::uint64_t ordinal, Instant now)
{
    static constexpr std::array<const char*, 3> profiles{"S1", "S1", "S2"};
    Simcard simcard;
    simcard.id = std::to_string(first_id + ordinal);
    simcard.iccid_plastic = make_iccid(random);
    if (random.percent(90))
        simcard.sim_id = digits(random, "7", 8);
    give_state(random, simcard, now);
    give_numbers(random, simcard);
    if (random.percent(98))
        simcard.current_tariff = make_tariff(random);
    simcard.tariff_expires_at = make_expiry(random, now);
    if (random.percent(98))
        simcard.profile = random.pick(profiles);
    if (random.percent(45))
        simcard.description = make_description(random);
    if (random.percent(93))
        simcard.imei = Imei{make_imei(random), !random.percent(3)};
    return simcard;
}

void populate(Fleet& fleet, std::size_t count, std::uint64_t seed, Instant now)
{
    Random random{seed};
    for (std::uint64_t ordinal = 1; ordinal <= count; ++ordinal)
        fleet.add(make_simcard(random, ordinal, now));
}

} // namespace simsync::simulator
