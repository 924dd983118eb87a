// `simsync sim block ID` and its like: an action is written down and carried out by whoever leads the
// account, by this very process where nobody does.
#include "cli/action_text.hpp"
#include "cli/commands.hpp"
#include "cli/identity.hpp"
#include "cli/output.hpp"
#include "cli/run_to_end.hpp"
#include "cli/settings.hpp"
#include "cli/sim_choice.hpp"
#include "daemon/assembly.hpp"
#include "store/action_queue.hpp"
#include "sync/lead.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <thread>

namespace simsync::cli
{
namespace
{

namespace asio = boost::asio;
namespace json = boost::json;
using asio::awaitable;
using namespace std::chrono;

// A leader looks twice a second; one that has not looked in this time is busy with other things, or stuck.
constexpr seconds patience_for_a_leader{10};
// What was sent is answered, and read back, in this time and twice the account's request_timeout.
constexpr seconds patience_for_the_end{10};
constexpr milliseconds between_looks{100};

ActionRecord action_of(const SimActionCommand& command)
{
    ActionRecord action;
    action.operation = command.operation->name;
    action.arguments = command.arguments;
    if (const auto why_not = refusal(*command.operation, action.arguments); !why_not.empty())
        throw UsageError(why_not, "simsync sim --help shows what each action takes");
    return action;
}

// Only who sends needs the API's password: where a daemon leads, it has its own.
void require_password(ActionQueue& queue, std::int64_t id, const AccountConfig& account)
{
    try
    {
        read_password(account.password_file);
    }
    catch (const ConfigError& error)
    {
        queue.withdraw(id, "nobody leads the account, and the API's password cannot be read here");
        throw CommandError(
            ExitCode::configuration,
            "no daemon leads account \"" + account.name + "\", and " + error.what() + "; nothing was sent",
            "start the daemon, which carries it out, or: " + error.diagnostics().front().hint);
    }
}

// True where nobody else led the account: then all that is requested was carried out here.
bool carry_out_here(ActionQueue& queue, std::int64_t id, const Config& config, const AccountConfig& account)
{
    bool leads = false;
    run_to_end(
        [&]() -> awaitable<void>
        {
            const auto executor = co_await asio::this_coro::executor;
            DatabaseThread database;
            co_await database.connect(config.database_url, account.name);
            leads = !co_await take_lease(database, account.endpoint);
            if (leads)
            {
                require_password(queue, id, account);
                Client client{executor, client_options(account)};
                Lead lead{executor, client, database, lead_options(config, account)};
                co_await lead.load();
                co_await lead.actions.carry_out();
            }
            co_await database.disconnect();
        });
    return leads;
}

bool is_over(ActionState state)
{
    return state != ActionState::requested && state != ActionState::sent;
}

// The leader's work. What it does not take in time is taken back.
ActionRecord await_leader(ActionQueue& queue, std::int64_t id, const AccountConfig& account)
{
    const auto begin = steady_clock::now();
    const auto end = begin + patience_for_a_leader + patience_for_the_end + 2 * account.request_timeout;
    for (;;)
    {
        auto action = queue.look(id);
        const auto now = steady_clock::now();
        if (is_over(action.state) || now >= end)
            return action;
        if (action.state == ActionState::requested && now >= begin + patience_for_a_leader &&
            queue.withdraw(id, "no daemon took it in time"))
            throw CommandError(
                ExitCode::try_again,
                "account \"" + account.name + "\" is led by an instance that did not take the action in " +
                    std::to_string(patience_for_a_leader.count()) + " s; nothing was sent",
                "see `simsync status` and the log of that instance");
        std::this_thread::sleep_for(between_looks);
    }
}

// Nothing where it is not confirmed: then it is complained of.
std::string text(const ActionRecord& action)
{
    if (action.state != ActionState::confirmed)
        return {};
    return "SIM " + action.sim + ": " + action.operation + " is confirmed (action " +
           std::to_string(action.id) + ")\n";
}

ExitCode complain_unless_confirmed(const ActionRecord& action, const AccountConfig& account)
{
    const auto what = action.operation + " of SIM " + action.sim + " of account \"" + account.name + "\" ";
    switch (action.state)
    {
    case ActionState::confirmed:
        return ExitCode::done;
    case ActionState::failed:
    {
        const auto error = action.error.value_or("for no reason that is known");
        const auto kind = failure_kind_of(error);
        complain(
            what + "has failed: " + error,
            kind ? std::string(hint(*kind))
                 : "nothing was done; `simsync find` looks for a SIM by what is known of it");
        return kind ? exit_code_of(*kind) : ExitCode::data;
    }
    default:
        complain(
            what + "may have been done or not: " + action.error.value_or("no answer yet"),
            "it is not sent again by itself; look with `simsync sim get " + action.sim +
                "` before you repeat it");
        return ExitCode::unavailable;
    }
}

ChosenSim chosen_sim(const SimActionCommand& command, const Config& config)
{
    Reader reader{config.database_url};
    return choose_sim(reader, command.sim, command.account, config);
}

} // namespace

ExitCode execute(const SimActionCommand& command, const CommonArguments& common)
{
    const auto config = load_database_settings(common);
    auto action = action_of(command);
    const auto chosen = chosen_sim(command, config);
    const auto& account = *chosen.account;
    action.sim = chosen.id;
    ActionQueue queue{config.database_url, account.name};
    const auto id = queue.request(action, who_asks());
    action = carry_out_here(queue, id, config, account) ? queue.look(id) : await_leader(queue, id, account);
    print(command.json ? json::serialize(action_object(action)) + '\n' : text(action));
    return complain_unless_confirmed(action, account);
}

} // namespace simsync::cli
