// `simsync check`: whether the daemon could work with what is configured, one line for each part. Writes
// nothing. Calls store/checkup and api/client.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/run_to_end.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "daemon/assembly.hpp"
#include "simsync/model/escape.hpp"
#include "simsync/store/checkup.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace simsync::cli
{
namespace
{

namespace asio = boost::asio;
namespace json = boost::json;
using asio::awaitable;
using std::chrono::seconds;

// Deadlines and renewal follow the servers' clocks, but times of events are ours.
constexpr seconds tolerable_drift{5};
constexpr std::size_t longest_text = 400;

struct Line
{
    std::string part; // "database"
    std::string account;
    bool ok = true;
    std::string text;
    std::string hint;
};

class Findings
{
public:
    void good(std::string part, std::string text, std::string account = {})
    {
        lines_.push_back({std::move(part), std::move(account), true, std::move(text), {}});
    }

    // The first one decides what the command exits with.
    void bad(std::string part, std::string text, std::string hint, ExitCode code, std::string account = {})
    {
        lines_.push_back({std::move(part), std::move(account), false, std::move(text), std::move(hint)});
        if (code_ == ExitCode::done)
            code_ = code;
    }

    std::string text() const
    {
        std::string text;
        for (const auto& line : lines_)
        {
            const auto part = line.account.empty() ? line.part : line.account + ": " + line.part;
            text += std::string(line.ok ? "ok   " : "BAD  ") + padded(part, 20) + "  " +
                    escape(line.text, longest_text) + '\n';
            if (!line.ok)
                text += "     HINT: " + escape(line.hint, longest_text) + '\n';
        }
        return text;
    }

    std::string document() const
    {
        json::array checks;
        for (const auto& line : lines_)
            checks.push_back(json::object{
                {"check", line.part},
                {"account", line.account.empty() ? json::value(nullptr) : json::value(line.account)},
                {"ok", line.ok},
                {"message", line.text},
                {"hint", line.ok ? json::value(nullptr) : json::value(line.hint)}});
        return json::serialize(json::object{{"ok", code_ == ExitCode::done}, {"checks", std::move(checks)}}) +
               '\n';
    }

    ExitCode code() const noexcept { return code_; }

private:
    std::vector<Line> lines_;
    ExitCode code_ = ExitCode::done;
};

// True where nothing was thrown.
bool look(Findings& findings, const std::string& part, const std::string& good,
          const std::function<void()>& check)
{
    try
    {
        check();
        findings.good(part, good);
        return true;
    }
    catch (const StoreError& error)
    {
        findings.bad(part, error.what(), error.hint(), exit_code_of(error));
    }
    return false;
}

void check_database(Findings& findings, const std::string& url)
{
    std::optional<Checkup> checkup;
    try
    {
        checkup.emplace(url);
        findings.good("database", checkup->server());
    }
    catch (const StoreError& error)
    {
        return findings.bad("database", error.what(), error.hint(), exit_code_of(error));
    }
    look(findings, "writable", "it takes writes", [&] { checkup->require_writable(); });
    look(findings, "pooler", "none in between that would give the lease to others",
         [&] { checkup->require_no_pooler(); });
    if (look(findings, "schema", "as this program needs it", [&] { checkup->require_schema(); }))
        look(findings, "rights", "those of simsync_writer", [&] { checkup->require_rights(); });
}

void check_tls(Findings& findings, const AccountConfig& account, const std::optional<Failure>& failure)
{
    const bool encrypted = account.endpoint.starts_with("https://");
    if (failure && failure->trouble == Trouble::tls)
        findings.bad("TLS", failure->what, std::string(hint(Trouble::tls)), ExitCode::unavailable,
                     account.name);
    else
        findings.good("TLS", encrypted ? "the certificate is good" : "none: the endpoint is plain http",
                      account.name);
}

void check_clock(Findings& findings, const std::string& account, const std::optional<seconds>& ahead)
{
    if (!ahead)
        findings.good("clock", "the API does not tell its time", account);
    else if (abs(*ahead) > tolerable_drift)
        findings.bad("clock", "the API's clock is " + std::to_string(ahead->count()) + " s ahead of ours",
                     "compare both with a time server: timedatectl", ExitCode::done, account);
    else
        findings.good("clock", "within " + std::to_string(tolerable_drift.count()) + " s of the API's",
                      account);
}

awaitable<void> check_api(Findings& findings, const AccountConfig& account)
{
    std::optional<seconds> ahead;
    ClientObserver observer;
    observer.server_clock = [&ahead](std::chrono::sys_seconds now)
    { ahead = now - std::chrono::floor<seconds>(std::chrono::system_clock::now()); };
    Client client{co_await asio::this_coro::executor, client_options(account), observer};
    const auto failure = co_await client.login();
    const auto reached = !failure || failure->trouble == Trouble::unauthorized;
    if (!failure || failure->trouble != Trouble::tls)
        reached ? findings.good("API", account.endpoint + " answers", account.name)
                : findings.bad("API", failure->what, std::string(hint(failure->trouble)),
                               exit_code_of(failure->trouble), account.name);
    if (reached || failure->trouble == Trouble::tls)
        check_tls(findings, account, failure);
    if (!reached)
        co_return;
    if (failure)
        co_return findings.bad("login", failure->what, std::string(hint(failure->trouble)),
                               exit_code_of(failure->trouble), account.name);
    findings.good("login", "as " + account.username, account.name);
    check_clock(findings, account.name, ahead);
    ListQuery one;
    one.limit = 1;
    one.filter = account.filter;
    one.sort = {{"id", true}};
    const auto page = co_await client.simcards(one);
    if (page)
        findings.good("list", "the SIMs can be read", account.name);
    else
        findings.bad("list", page.error().what, std::string(hint(page.error().trouble)),
                     exit_code_of(page.error().trouble), account.name);
    client.close();
}

} // namespace

ExitCode check(const Arguments& arguments)
{
    const auto config = load_settings(arguments);
    Findings findings;
    findings.good("configuration",
                  arguments.config + ": " + std::to_string(config.accounts.size()) + " accounts");
    check_database(findings, config.database_url);
    for (const auto& account : config.accounts)
        run_to_end([&] { return check_api(findings, account); });
    print(arguments.json ? findings.document() : findings.text());
    return findings.code();
}

} // namespace simsync::cli
