// `simsync sim`: the API's SIMs as they are now, one or many, and actions.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/run_to_end.hpp"
#include "cli/settings.hpp"
#include "cli/sim_action.hpp"
#include "cli/sim_query.hpp"
#include "cli/sim_text.hpp"
#include "daemon/assembly.hpp"
#include "daemon/token_file.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace simsync::cli
{
namespace
{

namespace asio = boost::asio;
using asio::awaitable;

const Page& page_or_throw(const Answer<Page>& answer, const std::string& account)
{
    if (answer)
        return *answer;
    const auto failure = answer.error();
    throw CommandError(
        exit_code_of(failure.kind), "account \"" + account + "\": " + failure.what, hint(failure));
}

// A daemon's token will do as well as one of our own, whose login might end it.
ClientOptions reading_options(const AccountConfig& account)
{
    auto options = client_options(account);
    options.borrow_token = [account] { return borrowed_token(account); };
    return options;
}

// Fields that the API does not know are left out, and told of: the others are worth reading.
awaitable<Answer<Page>> ask_for_what_is_known(Client& client, ListQuery query)
{
    std::set<std::string> left_out;
    for (;;)
    {
        auto answer = co_await client.simcards(query, nullptr);
        if (answer || answer.error().kind != FailureKind::schema)
            co_return answer;
        const auto failure = answer.error();
        bool anything_new = false;
        for (const auto& field : failure.unknown_fields)
            anything_new |= left_out.insert(field).second;
        if (!anything_new)
            co_return answer;
        client.leave_out(failure.unknown_fields);
    }
}

void print_left_out(const Page& page, const AccountConfig& account)
{
    if (page.left_out.empty())
        return;
    std::string columns;
    for (const auto& column : page.left_out)
        columns += (columns.empty() ? "" : ", ") + column;
    complain(
        "account \"" + account.name + "\": the API does not know: " + columns,
        "what it knows is shown; look for a newer simsync");
}

// How a list is printed.
struct Form
{
    std::string (*header)() = nullptr;
    std::string (*row)(const Sim&);
};

Form form_of(const Arguments& arguments)
{
    if (arguments.json)
        return {nullptr, [](const Sim& sim) { return sim_json(sim) + '\n'; }};
    if (arguments.csv)
        return {sim_csv_header, sim_csv_row};
    return {sim_table_header, sim_table_row};
}

ListQuery query_of(const Arguments& arguments)
{
    ListQuery query;
    query.offset = static_cast<std::uint64_t>(arguments.offset.value_or(0));
    for (const auto& words : arguments.filters)
        query.filter.push_back(filter_of(words));
    for (auto& filter : query.filter)
        filter.joint = arguments.any ? Joint::any : Joint::all;
    for (const auto& words : arguments.sorts)
        query.sort.push_back(sort_of(words));
    // Without an order of its own a list may change it from page to page.
    if (std::ranges::none_of(query.sort, [](const Sort& sort) { return sort.field == "id"; }))
        query.sort.push_back({"id", true});
    return query;
}

// Page by page, so that the first lines come at once. A SIM that moves from one page to the next while we
// read is shown once. A short page is not the last one: an API may give fewer than it is asked for.
awaitable<void>
print_list(Client& client, const AccountConfig& account, ListQuery query, std::uint64_t most, Form form)
{
    std::set<std::string> shown;
    bool read_on = form.header == nullptr || print(form.header());
    for (std::uint64_t left = most; read_on && left > 0;)
    {
        query.limit = std::min<std::uint64_t>(account.page_size, left);
        const auto answer = co_await ask_for_what_is_known(client, query);
        const auto& page = page_or_throw(answer, account.name);
        if (shown.empty())
            print_left_out(page, account);
        std::string text;
        for (const auto& seen : page.items)
            if (shown.insert(seen.sim.id).second)
                text += form.row(seen.sim);
        read_on = print(text) && page.rows > 0;
        query.offset += page.rows;
        left -= std::min<std::uint64_t>(page.rows, left);
    }
}

ExitCode list(const Arguments& arguments, const AccountConfig& account)
{
    const auto query = query_of(arguments);
    const auto most = arguments.limit ? static_cast<std::uint64_t>(*arguments.limit)
                                      : std::numeric_limits<std::uint64_t>::max();
    run_to_end(
        [&]() -> awaitable<void>
        {
            Client client{co_await asio::this_coro::executor, reading_options(account)};
            co_await print_list(client, account, query, most, form_of(arguments));
        });
    return ExitCode::done;
}

ExitCode get(const Arguments& arguments, const AccountConfig& account)
{
    const auto& id = arguments.operands.front();
    run_to_end(
        [&]() -> awaitable<void>
        {
            Client client{co_await asio::this_coro::executor, reading_options(account)};
            const auto answer = co_await client.simcard(id);
            const auto& page = page_or_throw(answer, account.name);
            print_left_out(page, account);
            const auto* found = find_sim(page, id);
            if (found == nullptr)
                throw CommandError(
                    ExitCode::data, "account \"" + account.name + "\" holds no SIM \"" + id + '"',
                    "its id is the API's own: simsync sim list --filter iccidPlastic:EQ:… finds it");
            if (arguments.json)
                print(sim_json(found->sim) + '\n');
            else if (arguments.csv)
                print(sim_csv_header() + sim_csv_row(found->sim));
            else
                print(sim_sheet(found->sim));
        });
    return ExitCode::done;
}

} // namespace

ExitCode sim(const Arguments& arguments)
{
    const auto* operation = operation_named(arguments.verb);
    const auto config = operation != nullptr ? load_database_settings(arguments) : load_settings(arguments);
    const auto& account = chosen_account(arguments, config);
    if (operation != nullptr)
        return act(*operation, arguments, config, account);
    return arguments.verb == "get" ? get(arguments, account) : list(arguments, account);
}

} // namespace simsync::cli
