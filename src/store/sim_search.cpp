#include "store/sim_search.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"
#include "store/bound_values.hpp"
#include "store/search.hpp"
#include "store/sim_rows.hpp"

#include <algorithm>
#include <map>

namespace simsync
{
namespace
{

// A number of so many digits behind its 00 has its country's code.
constexpr std::size_t shortest_international = 9;

// In words that end with a blank each, so that one pattern fits the end of any of them. $1 the term, $2 its
// digits, $3 the number that they are, $4 an ICCID's end, $5 a number's end, $6 a part of the description.
// `may_fit`: a condition that holds wherever this one does, and that an index finds.
std::string select_found(const std::string& may_fit)
{
    return R"(
    select account, id, found_by, whole
      from (select s.account, s.id, s.removed_at is not null as gone,
                   coalesce(s.id = $1::text, false) or coalesce(s.iccid_plastic = $2::text, false)
                       or coalesce(s.imei = $2, false)
                       or coalesce((s.caller_ids || s.fmcs || s.external_msisdns) && array[$3::text, '+' || $3], false)
                       as whole,
                   case when s.id = $1 then 'id'
                        when s.iccid_plastic like $4::text then 'iccid_plastic'
                        when s.imei = $2 then 'imei'
                        when array_to_string(s.caller_ids, ' ') || ' ' like $5::text then 'caller_ids'
                        when array_to_string(s.fmcs, ' ') || ' ' like $5 then 'fmcs'
                        when array_to_string(s.external_msisdns, ' ') || ' ' like $5 then 'external_msisdns'
                        else 'description' end as found_by
              from simsync.sim s
             where ($7::text[] is null or s.account = any ($7))
               and (s.id = $1 or s.iccid_plastic like $4 or s.imei = $2
                    or array_to_string(s.caller_ids || s.fmcs || s.external_msisdns, ' ') || ' ' like $5
                    or s.description ilike $6::text)
               and )" +
           may_fit + R"() found
     order by found_by = 'id' desc, whole desc, gone, account, id
     limit $8)";
}

const std::string select_of_id = R"(
    select s.account, s.id, 'id', true
      from simsync.ledger l join simsync.sim s on s.account = l.account and s.id = $1
     where $2::text[] is null or l.account = any ($2)
     order by s.removed_at is not null, s.account)";

// Joined by equality, so that the server hashes the terms and passes over the SIMs once.
const std::string select_named = R"(
    with wanted as (select * from unnest($1::text[], $2::text[], $3::text[]) as w (term, digits, number)),
    named as (
        select w.term, s.account, s.id, true as by_id, s.removed_at
          from wanted w cross join unnest($4::text[]) as a (account)
          join simsync.sim s on s.account = a.account and s.id = w.term
         union
        select w.term, s.account, s.id, false, s.removed_at
          from wanted w join simsync.sim s on s.iccid_plastic = w.digits
         where s.account = any ($4)
         union
        select w.term, s.account, s.id, false, s.removed_at
          from simsync.sim s
         cross join lateral unnest(s.caller_ids || s.fmcs || s.external_msisdns) as n (number)
          join wanted w on w.number = ltrim(n.number, '+')
         where s.account = any ($4)),
    living as (select *, bool_or(by_id) over (partition by term) as is_id from named where removed_at is null)
    select distinct term, account, id from living where by_id = is_id order by term, account, id)";

SqlText accounts_literal(const std::optional<std::vector<std::string>>& accounts)
{
    return accounts ? SqlText(array_literal(*accounts)) : SqlText{};
}

std::string without_blanks(std::string_view term)
{
    std::string text(term);
    std::erase(text, ' ');
    return text;
}

// Whatever fits a term has one of these in its search text.
std::vector<std::string> parts_looked_for(const std::string& term)
{
    std::vector<std::string> parts{term, without_blanks(term)};
    if (const auto digits = digits_of(term))
        parts.push_back(*digits);
    if (const auto number = number_of(term))
        parts.push_back(*number);
    return parts;
}

// Each with its SIM as it is stored, in the order of these rows.
std::vector<FoundSim> with_their_sims(Work& work, const Rows& rows)
{
    std::map<std::string, std::vector<std::string>> ids;
    for (const auto& row : rows)
        ids[row[0].as<std::string>()].push_back(row[1].as<std::string>());
    std::map<std::pair<std::string, std::string>, StoredSim> stored;
    for (const auto& [account, of_account] : ids)
        for (auto& each : load_sims(work, account, of_account))
        {
            const auto id = each.sim.id;
            stored.emplace(std::pair{account, id}, std::move(each));
        }
    std::vector<FoundSim> found;
    for (const auto& row : rows)
    {
        const auto sim = stored.find({row[0].as<std::string>(), row[1].as<std::string>()});
        if (sim == stored.end())
            continue; // its account was wiped between the two statements
        auto& each = found.emplace_back();
        each.account = sim->first.first;
        each.sim = sim->second.sim;
        each.removed_at = sim->second.removed_at;
        read_field(row[2], each.found_by);
        read_field(row[3], each.whole);
    }
    return found;
}

} // namespace

std::optional<std::string> digits_of(std::string_view term)
{
    constexpr std::string_view between = " -()./+";
    std::string digits;
    for (const char c : term)
    {
        if (c >= '0' && c <= '9')
            digits += c;
        else if (between.find(c) == std::string_view::npos)
            return std::nullopt;
    }
    return digits.empty() ? std::nullopt : std::optional(digits);
}

std::optional<std::string> number_of(std::string_view term)
{
    auto digits = digits_of(term);
    if (digits && digits->starts_with("00") && digits->size() >= 2 + shortest_international)
        digits->erase(0, 2);
    return digits;
}

std::string like_literal(std::string_view text)
{
    std::string pattern;
    for (const char c : text)
    {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c;
    }
    return pattern;
}

std::vector<FoundSim> find_sims(
    Work& work, const std::string& term, const std::optional<std::vector<std::string>>& accounts,
    std::size_t limit)
{
    const auto digits = digits_of(term);
    const auto number = number_of(term);
    const auto iccid_end = '%' + like_literal(digits ? *digits : without_blanks(term));
    const SqlText number_end = number ? SqlText('%' + *number + " %") : SqlText{};
    const auto part = '%' + like_literal(term) + '%';
    BoundValues values;
    for (const auto& value :
         {SqlText(term), digits, number, SqlText(iccid_end), number_end, SqlText(part),
          accounts_literal(accounts), sql_text(limit)})
        values.bind(value, "text"); // $1 to $8
    const auto may_fit = search_is_indexed(work) ? prefilter(parts_looked_for(term), values) : "true";
    return with_their_sims(work, values.run(work, select_found(may_fit)));
}

std::vector<FoundSim>
sims_of_id(Work& work, const std::string& id, const std::optional<std::vector<std::string>>& accounts)
{
    return with_their_sims(work, work.exec_params(select_of_id, id, accounts_literal(accounts)));
}

std::vector<NamedSim>
named_sims(Work& work, std::span<const std::string> terms, std::span<const std::string> accounts)
{
    ArrayLiteral names;
    ArrayLiteral digits;
    ArrayLiteral numbers;
    for (const auto& term : terms)
    {
        names.add(std::string_view(term));
        digits.add(digits_of(term));
        numbers.add(number_of(term));
    }
    std::vector<NamedSim> named;
    for (const auto& row :
         work.exec_params(select_named, names.text(), digits.text(), numbers.text(), array_literal(accounts)))
    {
        auto& each = named.emplace_back();
        read_field(row[0], each.term);
        read_field(row[1], each.account);
        read_field(row[2], each.id);
    }
    return named;
}

} // namespace simsync
