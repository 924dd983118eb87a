// `simsync sim list`, `simsync sim get`: the API's SIMs as they are now.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/run_to_end.hpp"
#include "cli/settings.hpp"
#include "cli/sim_choice.hpp"
#include "cli/sim_query.hpp"
#include "cli/sim_text.hpp"
#include "daemon/assembly.hpp"
#include "daemon/token_file.hpp"

#include <algorithm>
#include <limits>
#include <memory>
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

Form form_of(const SimListCommand& command)
{
    if (command.json)
        return {nullptr, [](const Sim& sim) { return sim_json(sim) + '\n'; }};
    if (command.csv)
        return {sim_csv_header, sim_csv_row};
    return {sim_table_header, sim_table_row};
}

ListQuery query_of(const SimListCommand& command)
{
    ListQuery query;
    query.offset = static_cast<std::uint64_t>(command.offset.value_or(0));
    for (const auto& words : command.filters)
        query.filter.push_back(filter_of(words));
    for (auto& filter : query.filter)
        filter.joint = command.any ? Joint::any : Joint::all;
    for (const auto& words : command.sorts)
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

// What the API has can be read while the database is away.
std::unique_ptr<Reader> mirror_if_it_answers(const Config& config)
{
    try
    {
        return std::make_unique<Reader>(config.database_url);
    }
    catch (const StoreError&)
    {
        return nullptr;
    }
}

// Without a mirror by its id alone.
ChosenSim chosen_sim(Reader* mirror, const SimGetCommand& command, const Config& config)
{
    if (mirror == nullptr)
        return {&chosen_account(command.account, config), command.sim};
    return choose_sim(*mirror, command.sim, command.account, config);
}

// Whoever reads a SIM may be about to do something with it, so that the daemon asks for it again soon. Where
// that cannot be told (the database has gone, or is a standby) the next sweep sees it: no error of ours.
void notify_daemon(Reader* mirror, const std::string& account, const std::string& id)
{
    try
    {
        if (mirror != nullptr)
            mirror->notify_watched(account, id);
    }
    catch (const StoreError&)
    {
        return;
    }
}

} // namespace

ExitCode execute(const SimListCommand& command, const CommonArguments& common)
{
    const auto config = load_settings(common);
    const auto& account = chosen_account(command.account, config);
    const auto query = query_of(command);
    const auto most = command.limit ? static_cast<std::uint64_t>(*command.limit)
                                    : std::numeric_limits<std::uint64_t>::max();
    run_to_end(
        [&]() -> awaitable<void>
        {
            Client client{co_await asio::this_coro::executor, reading_options(account)};
            co_await print_list(client, account, query, most, form_of(command));
        });
    return ExitCode::done;
}

ExitCode execute(const SimGetCommand& command, const CommonArguments& common)
{
    const auto config = load_settings(common);
    const auto mirror = mirror_if_it_answers(config);
    const auto chosen = chosen_sim(mirror.get(), command, config);
    const auto& account = *chosen.account;
    const auto& id = chosen.id;
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
                    "simsync find looks for it by the end of its ICCID, a number, an IMEI, a part of its "
                    "description");
            if (command.json)
                print(sim_json(found->sim) + '\n');
            else if (command.csv)
                print(sim_csv_header() + sim_csv_row(found->sim));
            else
                print(sim_sheet(found->sim));
        });
    notify_daemon(mirror.get(), account.name, id);
    return ExitCode::done;
}

} // namespace simsync::cli
