// The API's answers: whatever comes, nothing but canonical SIMs and text that can be stored; the same each
// time.
#include "api/decode.hpp"
#include "api/decode_login.hpp"
#include "api/fast_page_parser.hpp"
#include "api/fingerprint.hpp"
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "model/diff.hpp"
#include "model/escape.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace simsync::fuzz
{
namespace
{

void is_set(const std::vector<std::string>& numbers)
{
    require(
        std::ranges::is_sorted(numbers) && std::ranges::adjacent_find(numbers) == numbers.end(),
        "a SIM's numbers are a sorted set");
}

void is_storable(const std::optional<std::string>& text)
{
    require(!text || storable(*text), "a SIM's text is UTF-8 without NUL", text.value_or(""));
}

void is_quotable(const std::string& text)
{
    require(text.size() <= quotable_bytes, "what is quoted of an answer has at most 200 bytes", text);
    require(escape(text) == text, "what is quoted of an answer steers no terminal", text);
}

void is_canonical(const Sim& sim)
{
    require(!sim.id.empty() && storable(sim.id), "a SIM has an id that can be stored", sim.id);
    for (const auto* numbers : {&sim.fmcs, &sim.caller_ids, &sim.external_msisdns})
    {
        is_set(*numbers);
        for (const auto& number : *numbers)
            is_storable(number);
    }
    for (const auto* text :
         {&sim.iccid_plastic, &sim.sim_id, &sim.tariff_name, &sim.tariff_type, &sim.profile, &sim.description,
          &sim.imei})
        is_storable(*text);
    for (const auto* amount : {&sim.balance, &sim.data_balance})
        require(!*amount || Money::parse((*amount)->text()) == **amount, "a SIM's amount is exact");
    for (const auto* time : {&sim.latest_activity, &sim.tariff_expires_at})
        require(!*time || parse_date(to_text(**time)) == **time, "a SIM's date can be written");
}

// A column whose value did not fit is told with its text, and holds nothing unless it is a list.
void tells_what_does_not_fit(const Sim& sim)
{
    const auto fields = all_fields(sim);
    for (const auto& [column, text] : sim.undecoded)
    {
        is_quotable(text);
        const auto field = std::ranges::find(fields, column, &Field::column);
        require(field != fields.end(), "what did not fit belongs to a column", column);
        require(
            std::holds_alternative<std::monostate>(field->value) ||
                std::holds_alternative<std::vector<std::string>>(field->value),
            "a column whose value did not fit is null", column);
    }
}

void is_observed_sim(const ObservedSim& seen)
{
    is_canonical(seen.sim);
    tells_what_does_not_fit(seen.sim);
    require(seen.fingerprint == fingerprint(seen.sim), "a fingerprint depends on the SIM alone", seen.sim.id);
    require(diff(seen.sim, seen.sim).empty(), "a SIM does not differ from itself", seen.sim.id);
}

void is_page(const Page& page, std::size_t most_rows)
{
    require(page.rows <= most_rows, "a page has no more rows than were allowed");
    require(page.items.size() <= page.rows, "every item is a row");
    for (const auto& seen : page.items)
        is_observed_sim(seen);
    for (const auto& decode_error : page.decode_errors)
    {
        is_quotable(decode_error.text);
        require(
            storable(decode_error.sim) && storable(decode_error.field), "a decode error can be stored",
            decode_error.field);
    }
}

void is_failure(const Failure& failure)
{
    require(storable(failure.what) && !failure.what.empty(), "a failure is told in text", failure.what);
    require(
        escape(failure.what, failure.what.size()) == failure.what, "a failure is told in one line",
        failure.what);
}

bool equal(const DecodeError& left, const DecodeError& right)
{
    return left.sim == right.sim && left.field == right.field && left.text == right.text;
}

bool equal(const ObservedSim& left, const ObservedSim& right)
{
    return left.sim == right.sim && left.fingerprint == right.fingerprint &&
           left.payload_hash == right.payload_hash;
}

bool equal(const Page& left, const Page& right)
{
    const auto same = [](const auto& one, const auto& other) { return equal(one, other); };
    return left.rows == right.rows && left.count == right.count &&
           std::ranges::equal(left.items, right.items, same) &&
           std::ranges::equal(left.decode_errors, right.decode_errors, same);
}

void is_answer(const std::function<Answer<Page>()>& decode, std::size_t most_rows)
{
    const auto answer = decode();
    if (answer)
        is_page(*answer, most_rows);
    else
        is_failure(answer.error());

    const auto again = decode();
    require(answer.has_value() == again.has_value(), "an answer reads the same each time");
    require(
        answer ? equal(*answer, *again) : answer.error().what == again.error().what,
        "an answer says the same each time");
}

void is_token(const Issued& issued)
{
    const bool visible = std::ranges::all_of(issued.token, [](char c) { return c > 0x20 && c < 0x7F; });
    require(!issued.token.empty() && visible, "a token can go into a header");
}

void is_login(const Answer<Tokens>& login)
{
    if (!login)
        return is_failure(login.error());
    is_token(login->access);
    if (login->refresh)
        is_token(*login->refresh);
}

// Read or unchanged, in the order of the answer.
std::vector<Fingerprint> fingerprints_of(const Page& page)
{
    std::vector<Fingerprint> fingerprints;
    auto unchanged = page.unchanged.begin();
    const auto add_unchanged = [&](std::size_t items)
    {
        for (; unchanged != page.unchanged.end() && unchanged->items_before == items; ++unchanged)
            fingerprints.push_back(unchanged->fingerprint);
    };
    for (std::size_t i = 0; i < page.items.size(); ++i)
    {
        add_unchanged(i);
        fingerprints.push_back(page.items[i].fingerprint);
    }
    add_unchanged(page.items.size());
    return fingerprints;
}

// What one reading taught spares the next one work, and changes nothing of what it says.
void is_known_again(std::string_view bytes, std::size_t most_rows)
{
    constexpr auto unlimited = std::numeric_limits<std::size_t>::max();
    const auto plain = decode_list(bytes, most_rows);
    Fleet known;
    for (int reading = 0; reading < 2; ++reading)
    {
        const auto answer = decode_list(bytes, most_rows, unlimited, known);
        require(answer.has_value() == plain.has_value(), "an answer reads the same item by item");
        if (!answer)
            return;
        require(
            answer->rows == plain->rows && answer->count == plain->count &&
                answer->decode_errors.size() == plain->decode_errors.size() &&
                ids_of(*answer) == ids_of(*plain) && fingerprints_of(*answer) == fingerprints_of(*plain),
            "a page reads the same item by item, and by its bytes");
        for (const auto& seen : answer->items)
            known.note_payload_hash(known.remember(seen.sim.id, seen.fingerprint), seen.payload_hash);
    }
}

// A page that is read in one go is the page that is read with care.
void is_read_with_care(std::string_view bytes, std::size_t most_rows, std::size_t most_bytes)
{
    std::string text{bytes};
    const auto plain = parse_page_fast(text, most_rows, most_bytes);
    require(text == bytes, "reading changes no text");
    if (!plain)
        return;
    const auto careful = decode_list(bytes, most_rows, most_bytes);
    require(careful && equal(*plain, *careful), "a plain page reads the same with care");
}

} // namespace

void answers(std::string_view bytes)
{
    constexpr std::size_t few = 2;
    constexpr std::size_t plenty = 1000;
    is_answer([&] { return decode_list(bytes, few); }, few);
    is_answer([&] { return decode_list(bytes, plenty); }, plenty);
    is_answer([&] { return decode_sim(bytes); }, plenty);
    is_known_again(bytes, plenty);
    constexpr std::size_t little = 2'000;
    is_read_with_care(bytes, plenty, std::numeric_limits<std::size_t>::max());
    is_read_with_care(bytes, few, little);
    if (const auto errors = decode_graphql_errors(bytes))
        is_failure(*errors);
    is_login(decode_login(bytes));
}

} // namespace simsync::fuzz
