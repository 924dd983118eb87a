// `simsync check`: whether the daemon could work with what is configured, one line for each part. Writes
// nothing.
#include "cli/commands.hpp"
#include "cli/identity.hpp"
#include "cli/output.hpp"
#include "cli/run_to_end.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "config/credentials_folder.hpp"
#include "daemon/assembly.hpp"
#include "daemon/capacity.hpp"
#include "daemon/console/access.hpp"
#include "model/escape.hpp"
#include "sink/nats_sender.hpp"
#include "store/database_checks.hpp"
#include "store/or_null.hpp"

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

    void bad(std::string part, const StoreError& error)
    {
        bad(std::move(part), error.what(), error.hint(), exit_code_of(error));
    }

    void bad(std::string part, const Failure& failure, const std::string& account)
    {
        bad(std::move(part), failure.what, hint(failure), exit_code_of(failure.kind), account);
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
                {"account", null_if_empty(line.account)},
                {"ok", line.ok},
                {"message", line.text},
                {"hint", null_if_empty(line.hint)}});
        return json::serialize(json::object{{"ok", code_ == ExitCode::done}, {"checks", std::move(checks)}}) +
               '\n';
    }

    ExitCode code() const noexcept { return code_; }

private:
    std::vector<Line> lines_;
    ExitCode code_ = ExitCode::done;
};

// True where nothing was thrown. `check` says what is good.
bool look(Findings& findings, const std::string& part, const std::function<std::string()>& check)
{
    try
    {
        findings.good(part, check());
        return true;
    }
    catch (const StoreError& error)
    {
        findings.bad(part, error);
        return false;
    }
}

// The same of a check that says itself what it finds.
void look_into(Findings& findings, const std::string& part, const std::function<void()>& check)
{
    try
    {
        check();
    }
    catch (const StoreError& error)
    {
        findings.bad(part, error);
    }
}

// Of the installed configuration alone: whoever starts simsync otherwise hands over as they like.
std::optional<std::vector<FolderFile>> credentials_of_service(const std::string& config_file)
{
    if (!is_installed(config_file))
        return std::nullopt;
    return credentials_in(installed_folder);
}

void check_credentials(Findings& findings, const std::vector<FolderFile>& files)
{
    if (const auto fault = fault_in_credentials(installed_folder, files))
        findings.bad("credentials", fault->what, fault->hint, ExitCode::configuration);
    else
        findings.good("credentials", "systemd can hand over the files of " + std::string(installed_folder));
}

// Says something only where there are any, or where this is one.
void check_subscribers(Findings& findings, DatabaseChecks& checks)
{
    checks.require_no_subscriber();
    const auto doubts = checks.doubts_about_publication();
    if (!doubts)
        return;
    if (doubts->empty())
        findings.good("subscribers", "the publication simsync is as this program wants it");
    for (const auto& doubt : *doubts)
        findings.bad(
            "subscribers", doubt.what, doubt.hint, doubt.fails ? ExitCode::configuration : ExitCode::done);
}

// A doubt is no failure: who counts on fewer instances may be right.
void check_connections(Findings& findings, DatabaseChecks& checks, const Config& config)
{
    const auto room = checks.room(account_names(config));
    const auto sum = connection_sum(config);
    if (const auto doubt = doubt_about_connections(sum, room))
        return findings.bad("connections", doubt->what, doubt->hint, ExitCode::done);
    findings.good(
        "connections",
        "an instance takes up to " + sum.text() + "; there may be " + std::to_string(room.most));
}

// Says something only where there are any. No failure: with public ids and what simsync tells of lost numbers
// one can live.
void check_standbys(Findings& findings, DatabaseChecks& checks)
{
    const auto standbys = checks.standbys();
    if (!standbys)
        return;
    const auto all = std::to_string(standbys->all) + (standbys->all == 1 ? " standby" : " standbys");
    if (standbys->synchronous > 0)
        return findings.good("standbys", all + ", and a commit waits for it to be on another server");
    findings.bad(
        "standbys",
        all + ", and a commit waits for none: one that is promoted may lack events that were told",
        "set synchronous_standby_names, with Patroni synchronous_mode; README, \"Failing over\", says "
        "what is lost otherwise and how it is told",
        ExitCode::done);
}

void check_database(Findings& findings, const Config& config)
{
    std::optional<DatabaseChecks> checks;
    const auto require = [&](const std::string& part, void (DatabaseChecks::*what)(), const std::string& good)
    {
        return look(
            findings, part,
            [&]
            {
                ((*checks).*what)();
                return good;
            });
    };
    if (!look(findings, "database", [&] { return checks.emplace(config.database_url).server(); }))
        return;
    require("writable", &DatabaseChecks::require_writable, "it takes writes");
    require(
        "pooler", &DatabaseChecks::require_no_pooler, "none in between that would give the lease to others");
    look_into(findings, "connections", [&] { check_connections(findings, *checks, config); });
    look_into(findings, "standbys", [&] { check_standbys(findings, *checks); });
    if (!require("schema", &DatabaseChecks::require_schema, "as this program needs it"))
        return;
    require("rights", &DatabaseChecks::require_rights, "those of simsync_writer");
    look_into(findings, "subscribers", [&] { check_subscribers(findings, *checks); });
}

void check_console(Findings& findings, const Config& config)
{
    if (config.http_listen.empty() || !config.console.enabled)
        return findings.good("console", "turned off");
    if (const auto doubt = doubt_about_console(config))
        return findings.bad("console", doubt->what, doubt->hint, ExitCode::done);
    const auto users = config.console.logins.size();
    findings.good(
        "console", config.http_listen + (users == 0 ? ", for this host alone"
                                                    : ", for users who log in: " + std::to_string(users)));
}

// Connects and looks; publishes nothing.
void check_stream(Findings& findings, const Config& config, const SinkConfig& sink)
{
    const auto part = "sink " + sink.name;
    const auto bad = [&](const Failure& failure)
    { findings.bad(part, failure.what, hint(failure), exit_code_of(failure.kind)); };
    const auto options = sink_options(config, sink);
    NatsConnection connection{nats_options(options.url, options.subject, options.timeout, options.ca_file)};
    if (options.secret)
    {
        const auto secret = options.secret();
        if (!secret)
            return bad(secret.error());
        connection.log_in_with(nats_credentials(*secret));
    }
    const auto found = connection.look();
    if (const auto* const refusal = std::get_if<Refusal>(&found))
        return bad(refusal->failure);
    const auto& stream = std::get<StreamFacts>(found);
    if (const auto doubt = doubt_about(stream, options.timeout))
        return findings.bad(part, doubt->failure.what, doubt->failure.advice, ExitCode::done);
    findings.good(
        part, "stream " + stream.name + " has " + sink.subject + ".>" +
                  (stream.replicas > 1 ? ", with " + std::to_string(stream.replicas) + " copies" : ""));
}

void check_clock(Findings& findings, const std::string& account, const std::optional<seconds>& ahead)
{
    if (!ahead)
        findings.good("clock", "the API does not tell its time", account);
    else if (abs(*ahead) > tolerable_drift)
        findings.bad(
            "clock", "the API's clock is " + std::to_string(ahead->count()) + " s ahead of ours",
            "compare both with a time server: timedatectl", ExitCode::done, account);
    else
        findings.good(
            "clock", "within " + std::to_string(tolerable_drift.count()) + " s of the API's", account);
}

void good_tls(Findings& findings, const AccountConfig& account)
{
    const bool encrypted = account.endpoint.starts_with("https://");
    findings.good(
        "TLS", encrypted ? "the certificate is good" : "none: the endpoint is plain http", account.name);
}

awaitable<void> check_api(Findings& findings, const AccountConfig& account)
{
    std::optional<seconds> ahead;
    ClientObserver observer;
    observer.server_clock = [&ahead](std::chrono::sys_seconds now)
    { ahead = now - std::chrono::floor<seconds>(std::chrono::system_clock::now()); };
    std::optional<Failure> refusal; // of a page of the configured size
    std::uint64_t possible = 0;
    observer.page_size = [&](std::uint64_t rows, const Failure& larger)
    {
        possible = rows;
        refusal = larger;
    };
    Client client{co_await asio::this_coro::executor, client_options(account), observer};
    const auto failure = co_await client.login();
    if (failure && failure->kind != FailureKind::unauthorized)
        co_return findings.bad(failure->kind == FailureKind::tls ? "TLS" : "API", *failure, account.name);
    findings.good("API", account.endpoint + " answers", account.name);
    good_tls(findings, account);
    if (failure)
        co_return findings.bad("login", *failure, account.name);
    findings.good("login", "as " + account.username, account.name);
    check_clock(findings, account.name, ahead);
    ListQuery first;
    first.limit = account.page_size;
    first.filter = account.filter;
    first.sort = {{"id", true}};
    const auto page = co_await client.simcards(first, nullptr);
    if (!page)
        findings.bad("list", page.error(), account.name);
    else if (refusal)
        findings.bad(
            "list",
            "a page of " + std::to_string(account.page_size) + " SIMs is refused, one of " +
                std::to_string(possible) + " is not: " + refusal->what,
            "page_size = " + std::to_string(possible) +
                " of the account; simsync goes on with smaller pages by itself",
            ExitCode::done, account.name);
    else
        findings.good("list", "the SIMs can be read", account.name);
}

} // namespace

ExitCode execute(const CheckCommand& command, const CommonArguments& common)
{
    const auto handed_over = credentials_of_service(common.config); // while we may look everywhere
    const auto config = load_settings(common);
    Findings findings;
    const auto accounts = config.accounts.size();
    findings.good(
        "configuration",
        common.config + ": " + std::to_string(accounts) + (accounts == 1 ? " account" : " accounts"));
    if (handed_over)
        check_credentials(findings, *handed_over);
    check_database(findings, config);
    check_console(findings, config);
    for (const auto& sink : config.sinks)
        if (sink.type == SinkType::nats)
            check_stream(findings, config, sink);
    for (const auto& account : config.accounts)
        run_to_end([&] { return check_api(findings, account); });
    print(command.json ? findings.document() : findings.text());
    return findings.code();
}

} // namespace simsync::cli
