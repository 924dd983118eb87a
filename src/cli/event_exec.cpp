#include "cli/event_exec.hpp"

#include "store/event_json.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

namespace simsync::cli
{
namespace
{

void require_system(bool holds, const char* doing)
{
    if (!holds)
        throw std::system_error(errno, std::generic_category(), doing);
}

// A file in memory: unlike a pipe it takes any event at once, whether or not the command reads it.
class InputFile
{
public:
    explicit InputFile(std::string_view text) : file_(memfd_create("simsync-event", MFD_CLOEXEC))
    {
        require_system(file_ >= 0, "making a file in memory");
        while (!text.empty())
        {
            const auto written = write(file_, text.data(), text.size());
            require_system(written > 0, "writing an event for a command");
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        lseek(file_, 0, SEEK_SET);
    }
    ~InputFile() { close(file_); }
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    int descriptor() const noexcept { return file_; }

private:
    int file_;
};

// How the child differs from us.
class Spawning
{
public:
    Spawning(int input, const sigset_t& mask)
    {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        posix_spawnattr_init(&attributes_);
        posix_spawnattr_setsigmask(&attributes_, &mask);
        sigset_t defaults;
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE); // which we ignore
        posix_spawnattr_setsigdefault(&attributes_, &defaults);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~Spawning()
    {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    Spawning(const Spawning&) = delete;
    Spawning& operator=(const Spawning&) = delete;

    pid_t spawn(const char* const* arguments, const char* const* environment) const
    {
        pid_t child = 0;
        errno = posix_spawn(
            &child, arguments[0], &actions_, &attributes_, const_cast<char* const*>(arguments),
            const_cast<char* const*>(environment));
        require_system(errno == 0, "running /bin/sh");
        return child;
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

pid_t spawn(const std::string& command, const EventRecord& event, int input, const sigset_t& mask)
{
    std::vector<std::string> ours;
    for (const auto& [name, value] : event_environment(event))
        ours.push_back(std::string(name).append(1, '=').append(value));
    std::vector<const char*> environment;
    for (char** variable = environ; *variable != nullptr; ++variable)
        environment.push_back(*variable);
    for (const auto& variable : ours)
        environment.push_back(variable.c_str());
    environment.push_back(nullptr);
    const char* const arguments[]{"/bin/sh", "-c", command.c_str(), nullptr};
    return Spawning(input, mask).spawn(arguments, environment.data());
}

// The second signal is for the command, and what it has begun.
int status_of(pid_t child, StopSignals& signals)
{
    for (bool lets_finish = !signals.came();;)
    {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
        if (signals.wait(std::chrono::seconds{1}) != StopSignals::Woken::stop)
            continue;
        if (!std::exchange(lets_finish, false))
            kill(-child, SIGTERM);
    }
}

} // namespace

std::vector<std::pair<std::string, std::string>> event_environment(const EventRecord& event)
{
    const auto or_empty = [](const std::optional<std::string>& value) { return value.value_or(""); };
    return {
        {"SIMSYNC_EVENT_ID", event.id},
        {"SIMSYNC_ACCOUNT", event.account},
        {"SIMSYNC_SEQ", std::to_string(event.seq)},
        {"SIMSYNC_KIND", event.kind},
        {"SIMSYNC_SEVERITY", event.severity},
        {"SIMSYNC_CAUSE", event.cause},
        {"SIMSYNC_SIM", or_empty(event.sim)},
        {"SIMSYNC_ICCID_PLASTIC", or_empty(event.iccid_plastic)},
        {"SIMSYNC_TARIFF_NAME", or_empty(event.tariff_name)},
        {"SIMSYNC_DESCRIPTION", or_empty(event.description)},
        {"SIMSYNC_PROFILE", or_empty(event.profile)},
        {"SIMSYNC_NUMBER", or_empty(event.number)},
        {"SIMSYNC_REQUESTED_BY", or_empty(event.requested_by)},
        {"SIMSYNC_DEDUP_KEY", or_empty(event.dedup_key)},
        {"SIMSYNC_OBSERVED_AT", event.observed_at},
        {"SIMSYNC_STANDING", event.standing ? "true" : "false"},
    };
}

std::string run_for_event(const std::string& command, const EventRecord& event, StopSignals& signals)
{
    const InputFile input(event_json(event) + '\n');
    const int status = status_of(spawn(command, event, input.descriptor(), signals.mask_before()), signals);
    if (WIFSIGNALED(status))
        return "was ended by signal " + std::to_string(WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? "" : "ended with " + std::to_string(WEXITSTATUS(status));
}

} // namespace simsync::cli
