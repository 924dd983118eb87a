// A query string is a question or a problem that is told in one line; a question goes on where its cursor
// says.
#include "daemon/console/question.hpp"
#include "daemon/console/cursor.hpp"
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "model/escape.hpp"

namespace simsync::fuzz
{
namespace
{

bool is_one_line(const std::string& text)
{
    return escape(text, text.size()) == text;
}

template<class Question>
const Question* is_answerable(const Asked<Question>& asked)
{
    const auto* const problem = std::get_if<Problem>(&asked);
    if (problem == nullptr)
        return &std::get<Question>(asked);
    require(problem->status == 400, "a bad question is a 400", problem->title);
    require(
        !problem->title.empty() && is_one_line(problem->title) && is_one_line(problem->detail),
        "a problem is a line", problem->title);
    require(!problem->hint.empty() && is_one_line(problem->hint), "its hint is a line", problem->hint);
    return nullptr;
}

void sims_go_on(std::string_view query)
{
    const auto asked = sims_question(query);
    const auto* const question = is_answerable(asked);
    if (question == nullptr)
        return;
    require(question->limit >= 1 && question->limit <= longest_page, "a page is bounded", query);
    require(storable(question->words) && storable(question->account.value_or("")), "values are text", query);
    if (question->after)
        require(fits(*question->after, *question), "a cursor's key fits its question", query);
}

void events_go_on(std::string_view query)
{
    const auto asked = events_question(query);
    const auto* const events = is_answerable(asked);
    if (events == nullptr || !events->after)
        return;
    require(fits(*events->after, events->question), "a cursor's key fits its question", query);
    const auto cursor = parse_cursor(next_events(*events->after));
    require(cursor.has_value(), "a key makes a cursor", query);
}

void comes_back(std::string_view word)
{
    if (const auto cursor = parse_cursor(word))
        require(parse_cursor(cursor_text(*cursor)) == cursor, "a cursor comes back as it went", word);
    if (const auto positions = parse_positions(word))
        require(
            parse_positions(positions_text(*positions)) == positions, "positions come back as they went",
            word);
}

} // namespace

void question(std::string_view bytes)
{
    sims_go_on(bytes);
    events_go_on(bytes);
    is_answerable(no_question(bytes));
    is_answerable(overview_question(bytes));
    is_answerable(sims_csv_question(bytes));
    is_answerable(events_csv_question(bytes));
    is_answerable(balances_question("main", "1", bytes));
    is_answerable(stream_question(bytes));
    is_answerable(sweeps_question("main", bytes));
    is_answerable(removals_question("main", bytes));
    is_answerable(actions_question("main", bytes));
    comes_back(bytes);
}

} // namespace simsync::fuzz
