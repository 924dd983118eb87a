// `simsync reload`: lets the daemon of this host take the configuration anew, and ends as that did. It is the
// unit's ExecReload, so that no other program is needed to send the signal.
#include "cli/commands.hpp"
#include "cli/identity.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "daemon/log.hpp"
#include "daemon/reload_verdict.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>

namespace simsync::cli
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono;

// Where the unit's RuntimeDirectory= is, for a person who runs it by hand.
constexpr const char* usual_folder = "/run/simsync";

// Accounts that change finish their pages and commit first, which is seconds. systemd waits 90 s for us.
constexpr seconds patience{60};
constexpr milliseconds between_looks{20};

const std::string hint_at_daemon = "systemctl status simsync says whether it runs; systemctl start simsync";

std::optional<pid_t> main_pid()
{
    const char* text = std::getenv("MAINPID");
    if (text == nullptr)
        return std::nullopt;
    pid_t pid = 0;
    const auto* end = text + std::strlen(text);
    if (std::from_chars(text, end, pid).ptr != end || pid <= 0)
        throw UsageError(
            "$MAINPID is no process: \"" + std::string(text) + '"',
            "systemd sets it for ExecReload=; without it the running daemon is found by itself");
    return pid;
}

void signal(pid_t daemon)
{
    if (kill(daemon, SIGHUP) == 0)
        return;
    const auto what = "the daemon, process " + std::to_string(daemon) + ", cannot be told: ";
    if (errno == ESRCH)
        throw CommandError(ExitCode::unavailable, what + "it does not run any more", hint_at_daemon);
    throw CommandError(
        ExitCode::refused, what + std::generic_category().message(errno),
        "run it as the daemon's user, or with sudo");
}

bool runs(pid_t daemon)
{
    return kill(daemon, 0) == 0 || errno == EPERM;
}

// On what was read at `since` or later.
ReloadVerdict await_verdict(const fs::path& folder, pid_t daemon, ReloadVerdict::Time since)
{
    for (const auto end = steady_clock::now() + patience; steady_clock::now() < end;
         std::this_thread::sleep_for(between_looks))
    {
        auto verdict = read_verdict(folder);
        if (verdict && verdict->daemon == daemon && verdict->begun && *verdict->begun >= since)
            return *verdict;
        if (!runs(daemon))
            throw CommandError(
                ExitCode::unavailable,
                "the daemon, process " + std::to_string(daemon) + ", has ended meanwhile",
                "journalctl -u simsync says why");
    }
    throw CommandError(
        ExitCode::try_again,
        "the daemon, process " + std::to_string(daemon) + ", has not answered in " +
            std::to_string(patience.count()) + " s; it goes on by itself",
        "journalctl -u simsync says what it waits for");
}

ExitCode print_verdict(const ReloadVerdict& verdict)
{
    for (const auto& diagnostic : verdict.diagnostics)
        complain("the daemon keeps its old configuration: " + diagnostic.what, diagnostic.hint);
    return verdict.diagnostics.empty() ? ExitCode::done : ExitCode::configuration;
}

} // namespace

ExitCode execute(const ReloadCommand&, const CommonArguments& common)
{
    log::set_up({}); // where systemd runs it, its complaints belong into the journal as errors
    complain_in_the_log();
    auto daemon = main_pid();
    const auto folder = runtime_folder().value_or(usual_folder);
    if (daemon && !read_verdict(folder))
    {
        load_settings(common); // nobody will tell us what it thinks of it
        signal(*daemon);
        return ExitCode::done;
    }
    become_service_user(common.config);
    const auto last = read_verdict(folder);
    if (!daemon && last)
        daemon = last->daemon;
    if (!daemon)
        throw CommandError(
            ExitCode::unavailable,
            "no running daemon is known: there is no " + (folder / "reload.json").string() +
                " that can be read, and no $MAINPID",
            "run it with sudo; " + hint_at_daemon);
    const auto now = steady_clock::now();
    signal(*daemon);
    return print_verdict(await_verdict(folder, *daemon, now));
}

} // namespace simsync::cli
