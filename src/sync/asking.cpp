// The sweeper's questions to the API: as filters and pages, patiently. Asks by api/client, waits as
// model/backoff says.
#include "sync/walk.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace simsync
{

using boost::asio::awaitable;
namespace asio = boost::asio;

awaitable<std::optional<Page>> Sweeper::ask(Walk& walk, ListQuery query, const Fleet* held, bool by_key)
{
    return ask_patiently(
        walk, [this, query = std::move(query), held] { return source_.simcards(query, held); }, by_key);
}

awaitable<std::optional<Page>> Sweeper::ask_one(Walk& walk, std::string id)
{
    return ask_patiently(walk, [this, id = std::move(id)] { return source_.simcard(id); });
}

// Asks until there is an answer or patience is spent; then the sweep cannot become complete any more, unless
// what was asked by key can be asked by offset.
template<class Request>
awaitable<std::optional<Page>> Sweeper::ask_patiently(Walk& walk, Request request, bool by_key)
{
    for (int failures = 1; !stopping_ && !walk.abandoned(); ++failures)
    {
        ++walk.report.record.requests;
        auto answer = co_await request();
        if (answer)
        {
            note(walk, *answer);
            co_return std::move(*answer);
        }
        const auto& failure = walk.report.last_failure.emplace(answer.error());
        const auto delay = hopeless(failure.trouble)
                               ? std::nullopt
                               : options_.backoff.delay(failures, options_.chance(), failure.retry_after);
        if (!delay)
        {
            if (by_key && judges_the_question(failure.trouble))
                walk.fall_back(failure.what);
            else
                walk.give_up(failure.what);
            break;
        }
        ++walk.report.retries;
        if (observer_.retry)
            observer_.retry(to_text(failure.trouble));
        co_await pause(walk, *delay);
    }
    co_return std::nullopt;
}

awaitable<void> Sweeper::pause(Walk& walk, std::chrono::milliseconds delay)
{
    // Without a timer, so that the order of things is the executor's alone: a simulation replays exactly.
    if (delay == std::chrono::milliseconds::zero())
        co_return co_await asio::post(asio::use_awaitable);
    const auto until = std::chrono::steady_clock::now() + delay;
    const auto pause = walk.pauses.emplace(walk.pauses.end(), co_await asio::this_coro::executor);
    co_await pause->wait_until(until);
    walk.pauses.erase(pause);
}

// Every list question sorts by id: an order that does not change while we read (api/notes.md, "order without
// sort").
ListQuery Sweeper::query(const Question& question) const
{
    const bool descending = question.way == Question::Way::upto;
    auto filter = options_.scope;
    if (question.by_key())
        filter.push_back({"id", descending ? Comparator::lte : Comparator::gt, question.pivot, Joint::all});
    // The end of the list may have moved, its beginning has not.
    const bool has_rows = !question.by_key() && fleet_.size() > 0 &&
                          (question.offset == 0 || question.offset + question.limit <= fleet_.size());
    return {question.offset, question.limit, std::move(filter), {{"id", !descending}}, has_rows};
}

ListQuery Sweeper::query(const Inquiry& inquiry) const
{
    auto ids = inquiry.ids();
    const auto limit = ids.size();
    auto filter = options_.scope;
    filter.push_back({"id", Comparator::in, std::move(ids), Joint::all});
    return {0, limit, std::move(filter), {{"id", true}}, false};
}

void Sweeper::note(Walk& walk, const Page& page)
{
    // Once for all: a page that was asked for earlier may come later, and must not speak for those that lack
    // a field.
    for (const auto& column : page.left_out)
        if (std::ranges::find(left_out_, column) == left_out_.end())
            left_out_.push_back(column);
    walk.set_aside |= page.rows > page.items.size();
    for (const auto& oddity : page.oddities)
    {
        ++walk.report.oddities[oddity.field];
        if (!walk.report.first_oddity)
            walk.report.first_oddity = oddity;
    }
}

} // namespace simsync
