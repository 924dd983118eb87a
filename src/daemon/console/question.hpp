// What the API is asked: a query string becomes a question to the mirror, or a problem that says what is
// wrong with it. Pure.
#pragma once

#include "daemon/console/kept_texts.hpp"
#include "daemon/console/ring.hpp"
#include "daemon/problem.hpp"
#include "store/fleet_records.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace simsync
{

template<class Question>
using Asked = std::variant<Question, Problem>; // a 400

inline constexpr std::size_t longest_search = 100; // characters
inline constexpr std::size_t most_terms = 5;
inline constexpr std::size_t longest_page = 200; // rows
inline constexpr std::size_t usual_page = 50;
inline constexpr std::size_t most_points = 2000; // of a chart
inline constexpr std::size_t fewest_points = 4;

struct EventsAsked
{
    EventQuestion question;
    std::size_t limit = usual_page;
    std::optional<EventKey> after;
};

struct StreamAsked
{
    LiveFilter filter;
    std::optional<std::string> after; // as positions_text, or KeptTexts' word for it
};

// Of paths that take no parameters.
Asked<std::monostate> no_question(std::string_view query);

// The account that the overview is asked for; empty: all.
Asked<std::optional<std::string>> overview_question(std::string_view query);

Asked<SimQuestion> sims_question(std::string_view query);
Asked<SimQuestion> sims_csv_question(std::string_view query); // neither limit nor cursor
Asked<BalanceQuestion> balances_question(std::string account, std::string id, std::string_view query);
Asked<EventsAsked> events_question(std::string_view query, const KeptTexts& kept = {}); // of cursors
Asked<EventsAsked> events_csv_question(std::string_view query); // of one SIM, or since some time
Asked<StreamAsked> stream_question(std::string_view query);
Asked<SweepQuestion> sweeps_question(std::string account, std::string_view query);
Asked<RemovalQuestion> removals_question(std::string account, std::string_view query);
Asked<ActionQuestion> actions_question(std::string account, std::string_view query);

// Where the list goes on behind this row, for the same question.
std::string next_sims(const SimQuestion& question, const SimKey& last);
std::string next_events(const EventKey& last);
std::string next_of_id(std::int64_t last);            // sweeps and actions
std::string next_of_sim(const std::string& last_sim); // removals

} // namespace simsync
