#include "daemon/console/question.hpp"

#include "daemon/console/cursor.hpp"
#include "daemon/console/parameters.hpp"
#include "model/enum_table.hpp"
#include "model/event_values.hpp"
#include "model/suggestion.hpp"
#include "model/utf8.hpp"
#include "store/search_terms.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace simsync
{
namespace
{

constexpr unsigned bad_request = 400;
constexpr const char* begin_anew = "leave the cursor out: the list begins anew";

// The names under which the cursors of lists with one order go.
constexpr std::string_view by_seq = "seq";
constexpr std::string_view by_time = "observed_at";
constexpr std::string_view by_id = "id";
constexpr std::string_view by_sim = "sim";

template<class Values>
std::optional<typename Values::value_type> named(const Values& values, std::string_view name)
{
    const auto found = std::ranges::find(values, name, [](auto value) { return to_text(value); });
    return found == values.end() ? std::nullopt : std::optional(*found);
}

template<class Question>
Asked<Question> answered(const Parameters& parameters, Question question)
{
    if (parameters.fault())
        return *parameters.fault();
    return question;
}

// What a search may be.
std::string words_of(Parameters& parameters, std::string_view name)
{
    auto words = parameters.text(name).value_or("");
    if (characters(words) > longest_search)
        parameters.refuse(
            name, words, "at most " + std::to_string(longest_search) + " characters: a part of it will do");
    else if (search_terms(words).terms.size() > most_terms)
        parameters.refuse(name, words, "at most " + std::to_string(most_terms) + " words");
    return words;
}

std::size_t limit_of(Parameters& parameters)
{
    return parameters.number("limit", 1, longest_page).value_or(usual_page);
}

// One value, or the list of all values in the hint.
template<class Values>
std::vector<typename Values::value_type>
values_of(Parameters& parameters, std::string_view name, const Values& known)
{
    std::vector<typename Values::value_type> values;
    for (const auto& each : parameters.list(name))
        if (const auto value = named(known, each))
            values.push_back(*value);
        else
            parameters.refuse(name, each, hint_at(each, names_of(known)));
    return values;
}

struct KindChoice
{
    std::vector<Kind> kinds; // empty: all
    std::vector<Kind> but;
};

// "sim.blocked,-balance.changed"
KindChoice kinds_of(Parameters& parameters)
{
    KindChoice choice;
    for (const auto& each : parameters.list("kind"))
    {
        const bool excludes = each.starts_with('-');
        const std::string_view name = std::string_view(each).substr(excludes ? 1 : 0);
        if (const auto kind = kind_named(name))
            (excludes ? choice.but : choice.kinds).push_back(*kind);
        else
            parameters.refuse("kind", name, hint_at(name, names_of(all_kinds())));
    }
    return choice;
}

void refuse_cursor(Parameters& parameters)
{
    parameters.refuse("cursor", parameters.text("cursor").value_or(""), begin_anew);
}

// The key of a cursor of this sort; empty where none was sent, or it is wrong, which is told.
std::optional<std::vector<std::optional<std::string>>>
key_of(Parameters& parameters, std::string_view sort, std::size_t values)
{
    const auto text = parameters.text("cursor");
    if (!text)
        return std::nullopt;
    auto cursor = parse_cursor(*text);
    if (!cursor)
        parameters.refuse("cursor", *text, "it is \"next\" of the page before, whole");
    else if (cursor->sort != sort)
        parameters.refuse(
            "cursor", *text,
            "it is of the sort " + cursor->sort + " and this list's is " + std::string(sort) + ": " +
                begin_anew);
    else if (cursor->key.size() != values)
        parameters.refuse("cursor", *text, begin_anew);
    else
        return std::move(cursor->key);
    return std::nullopt;
}

std::optional<std::int64_t> number_in(const std::optional<std::string>& text)
{
    std::int64_t number = 0;
    if (!text)
        return std::nullopt;
    const auto* const end = text->data() + text->size();
    const auto [read_to, error] = std::from_chars(text->data(), end, number);
    return error == std::errc{} && read_to == end && number >= 0 ? std::optional(number) : std::nullopt;
}

// SIMs -----------------------------------------------------------------------------------------------------

std::string sort_text(const SimQuestion& question)
{
    return (question.falling ? "-" : "") + std::string(to_text(question.sort));
}

void read_sort(Parameters& parameters, SimQuestion& question)
{
    const auto text = parameters.text("sort").value_or("id");
    question.falling = text.starts_with('-');
    const auto name = std::string_view(text).substr(question.falling ? 1 : 0);
    if (const auto sort = sim_sort_named(name))
        question.sort = *sort;
    else
        parameters.refuse(
            "sort", text, hint_at(name, names_of(all_sim_sorts)) + "; a - before it turns the order round");
}

SimQuestion sims_chosen(Parameters& parameters)
{
    SimQuestion question;
    question.account = parameters.text("account");
    question.words = words_of(parameters, "q");
    question.tariff = parameters.present("tariff");
    question.profile = parameters.present("profile");
    if (const auto state = parameters.one_of("state", names_of(all_sim_states)))
        question.state = sim_state_named(*state).value_or(SimState::all);
    read_sort(parameters, question);
    return question;
}

void read_sim_key(Parameters& parameters, SimQuestion& question)
{
    const bool sorted_by_id = question.sort == SimSort::id;
    auto values = key_of(parameters, sort_text(question), sorted_by_id ? 2 : 3);
    if (!values)
        return;
    const auto id = values->end() - 1;
    const auto account = values->end() - 2;
    SimKey key{sorted_by_id ? std::nullopt : values->front(), account->value_or(""), id->value_or("")};
    if (!*account || !*id || !fits(key, question))
        return refuse_cursor(parameters);
    question.after = std::move(key);
}

// Events ---------------------------------------------------------------------------------------------------

EventQuestion events_chosen(Parameters& parameters)
{
    EventQuestion question;
    question.account = parameters.text("account");
    question.sim = parameters.text("sim");
    std::tie(question.kinds, question.but) = [](KindChoice choice)
    { return std::pair(std::move(choice.kinds), std::move(choice.but)); }(kinds_of(parameters));
    question.severities = values_of(parameters, "severity", all_severities);
    question.causes = values_of(parameters, "cause", all_causes);
    question.since = parameters.time("since");
    question.until = parameters.time("until");
    return question;
}

std::optional<EventKey> time_key(const Cursor& cursor)
{
    if (cursor.key.size() != 3 || !cursor.key[0] || !cursor.key[1])
        return std::nullopt;
    const auto time = time_of_events(*cursor.key[0]);
    const auto seq = number_in(cursor.key[2]);
    if (!time || !seq)
        return std::nullopt;
    return EventKey{time, {{*cursor.key[1], *seq}}};
}

std::optional<EventKey> seq_key(const Cursor& cursor)
{
    EventKey key;
    for (std::size_t i = 0; i + 1 < cursor.key.size(); i += 2)
    {
        const auto seq = number_in(cursor.key[i + 1]);
        if (!cursor.key[i] || !seq || !key.positions.emplace(*cursor.key[i], *seq).second)
            return std::nullopt;
    }
    return cursor.key.size() % 2 == 0 ? std::optional(std::move(key)) : std::nullopt;
}

std::optional<EventKey> event_key(const Cursor& cursor)
{
    if (cursor.sort == by_time)
        return time_key(cursor);
    return cursor.sort == by_seq ? seq_key(cursor) : std::nullopt;
}

void read_event_key(Parameters& parameters, const KeptTexts& kept, EventsAsked& asked)
{
    const auto text = parameters.text("cursor");
    if (!text)
        return;
    const auto cursor = parse_cursor(kept.text_of(*text));
    if (!cursor && KeptTexts::is_word(*text))
        return parameters.refuse(
            "cursor", *text, std::string("the page before was asked for too long ago: ") + begin_anew);
    if (!cursor)
        return parameters.refuse("cursor", *text, "it is \"next\" of the page before, whole");
    auto key = event_key(*cursor);
    if (!key || !fits(*key, asked.question))
        return parameters.refuse("cursor", *text, std::string("it is of another question: ") + begin_anew);
    asked.after = std::move(key);
}

// All kinds that are asked for; empty: all there are.
std::optional<std::set<std::string>>
chosen_kinds(const KindChoice& choice, const std::vector<Severity>& of_severity)
{
    if (choice.kinds.empty() && choice.but.empty() && of_severity.empty())
        return std::nullopt;
    const auto has = [](const auto& all, auto one) { return std::ranges::find(all, one) != all.end(); };
    std::set<std::string> names;
    for (const auto kind : all_kinds())
        if ((choice.kinds.empty() || has(choice.kinds, kind)) && !has(choice.but, kind) &&
            (of_severity.empty() || has(of_severity, severity_of(kind))))
            names.emplace(to_text(kind));
    return names;
}

std::string cursor_word(std::string_view sort, std::vector<std::optional<std::string>> key)
{
    return cursor_text({std::string(sort), std::move(key)});
}

} // namespace

Asked<std::monostate> no_question(std::string_view query)
{
    return answered(Parameters(query, {}), std::monostate{});
}

Asked<std::optional<std::string>> overview_question(std::string_view query)
{
    const Parameters parameters(query, {"account"});
    return answered(parameters, parameters.text("account"));
}

Asked<SimQuestion> sims_question(std::string_view query)
{
    Parameters parameters(query, {"account", "q", "state", "tariff", "profile", "sort", "limit", "cursor"});
    auto question = sims_chosen(parameters);
    question.limit = limit_of(parameters);
    read_sim_key(parameters, question);
    return answered(parameters, std::move(question));
}

Asked<SimQuestion> sims_csv_question(std::string_view query)
{
    Parameters parameters(query, {"account", "q", "state", "tariff", "profile", "sort"});
    auto question = sims_chosen(parameters);
    return answered(parameters, std::move(question));
}

Asked<BalanceQuestion> balances_question(std::string account, std::string id, std::string_view query)
{
    Parameters parameters(query, {"from", "to", "points"});
    BalanceQuestion question{std::move(account), std::move(id), {}, {}, most_points};
    question.from = parameters.time("from");
    question.to = parameters.time("to");
    question.points = parameters.number("points", fewest_points, most_points).value_or(most_points);
    return answered(parameters, std::move(question));
}

Asked<EventsAsked> events_question(std::string_view query, const KeptTexts& kept)
{
    Parameters parameters(
        query, {"account", "sim", "kind", "severity", "cause", "since", "until", "limit", "cursor"});
    EventsAsked asked{events_chosen(parameters), limit_of(parameters), {}};
    read_event_key(parameters, kept, asked);
    return answered(parameters, std::move(asked));
}

Asked<EventsAsked> events_csv_question(std::string_view query)
{
    Parameters parameters(query, {"account", "sim", "kind", "severity", "cause", "since", "until"});
    EventsAsked asked{events_chosen(parameters), {}, {}};
    if (!parameters.fault() && !asked.question.sim && !asked.question.since)
        return Problem{
            bad_request, "all events of all time are not exported at once", "",
            "add sim=ID, or since=2026-11-29T00:00:00Z; for all of them: simsync events --json"};
    return answered(parameters, std::move(asked));
}

Asked<StreamAsked> stream_question(std::string_view query)
{
    Parameters parameters(query, {"account", "sim", "kind", "severity", "after"});
    StreamAsked asked;
    asked.filter.account = parameters.text("account");
    asked.filter.sim = parameters.text("sim");
    const auto kinds = kinds_of(parameters);
    asked.filter.kinds = chosen_kinds(kinds, values_of(parameters, "severity", all_severities));
    asked.after = parameters.text("after");
    if (asked.after && !KeptTexts::is_word(*asked.after) && !parse_positions(*asked.after))
        parameters.refuse("after", *asked.after, "the id of an event of the stream: main@5f3c2a90:3064");
    return answered(parameters, std::move(asked));
}

Asked<SweepQuestion> sweeps_question(std::string account, std::string_view query)
{
    Parameters parameters(query, {"limit", "cursor"});
    SweepQuestion question{std::move(account), limit_of(parameters), {}};
    if (const auto key = key_of(parameters, by_id, 1))
    {
        question.before = number_in(key->front());
        if (!question.before)
            refuse_cursor(parameters);
    }
    return answered(parameters, std::move(question));
}

Asked<RemovalQuestion> removals_question(std::string account, std::string_view query)
{
    Parameters parameters(query, {"q", "limit", "cursor"});
    RemovalQuestion question{std::move(account), words_of(parameters, "q"), limit_of(parameters), {}};
    if (const auto key = key_of(parameters, by_sim, 1))
    {
        question.after = key->front();
        if (!question.after)
            refuse_cursor(parameters);
    }
    return answered(parameters, std::move(question));
}

Asked<ActionQuestion> actions_question(std::string account, std::string_view query)
{
    Parameters parameters(query, {"sim", "limit", "cursor"});
    ActionQuestion question{std::move(account), parameters.text("sim"), limit_of(parameters), {}};
    if (const auto key = key_of(parameters, by_id, 1))
    {
        question.before = number_in(key->front());
        if (!question.before)
            refuse_cursor(parameters);
    }
    return answered(parameters, std::move(question));
}

std::string next_sims(const SimQuestion& question, const SimKey& last)
{
    if (question.sort == SimSort::id)
        return cursor_word(sort_text(question), {last.account, last.id});
    return cursor_word(sort_text(question), {last.value, last.account, last.id});
}

std::string next_events(const EventKey& last)
{
    std::vector<std::optional<std::string>> key;
    if (last.observed_at)
        key.emplace_back(to_text(*last.observed_at));
    for (const auto& [account, seq] : last.positions)
    {
        key.emplace_back(account);
        key.emplace_back(std::to_string(seq));
    }
    return cursor_word(last.observed_at ? by_time : by_seq, std::move(key));
}

std::string next_of_id(std::int64_t last)
{
    return cursor_word(by_id, {std::to_string(last)});
}

std::string next_of_sim(const std::string& last_sim)
{
    return cursor_word(by_sim, {last_sim});
}

} // namespace simsync
