// fork, exec and wait.
#include "harness/process.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;

const std::string folder_prefix = "simsync-test-";

bool as_root()
{
    return geteuid() == 0;
}

// Between fork and exec only what is safe while other threads hold locks.
[[noreturn]] void become(char* const* arguments, const char* log)
{
    const int output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (output < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(126);
    setpgid(0, 0); // Ctrl-C in the terminal is the test's to answer
    execvp(arguments[0], arguments);
    _exit(127);
}

pid_t spawn(Command command, const fs::path& log)
{
    std::vector<char*> arguments;
    for (auto& argument : command)
        arguments.push_back(argument.data());
    arguments.push_back(nullptr);

    const pid_t child = fork();
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0)
        become(arguments.data(), log.c_str());
    return child;
}

void give_to_postgres(const fs::path& folder)
{
    if (!as_root())
        return;
    const auto* user = getpwnam("postgres");
    if (!user || chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("cannot give " + folder.string() + " to the user postgres");
}

// "simsync-test-4711-aBcDeF" of a process that is gone: it was killed before it could tidy up.
bool is_left_behind(const std::string& name)
{
    if (!name.starts_with(folder_prefix))
        return false;
    pid_t owner = 0;
    std::from_chars(name.data() + folder_prefix.size(), name.data() + name.size(), owner);
    return owner > 0 && kill(owner, 0) != 0 && errno == ESRCH;
}

void clear_left_behind()
{
    std::error_code ignored; // of another user, or another test is clearing it too
    for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored))
        if (is_left_behind(entry.path().filename()))
            fs::remove_all(entry.path(), ignored);
}

} // namespace

// setpriv, unlike runuser, replaces itself by the program, so that the program is our child; and it asks the
// kernel to end it when we die, which has to be asked for after the change of user.
Command unprivileged(Command command)
{
    Command whole{"setpriv", "--pdeathsig=QUIT"};
    if (as_root())
        whole.insert(whole.end(), {"--reuid=postgres", "--regid=postgres", "--init-groups"});
    whole.insert(whole.end(), command.begin(), command.end());
    return whole;
}

void run(const Command& command, const fs::path& log)
{
    int status = 0;
    waitpid(spawn(command, log), &status, 0);
    if (status != 0)
        throw std::runtime_error(command.front() + " failed, see " + log.string());
}

Folder::Folder()
{
    clear_left_behind();
    auto pattern =
        (fs::temp_directory_path() / (folder_prefix + std::to_string(getpid()) + "-XXXXXX")).string();
    if (!mkdtemp(pattern.data()))
        throw std::system_error(errno, std::generic_category(), pattern);
    path_ = pattern;
    fs::permissions(path_, fs::perms{0755});
    give_to_postgres(path_);
}

Folder::~Folder()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::size_t status_bytes(pid_t process, const std::string& name)
{
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;)
        if (std::size_t kilobytes = 0; word == name + ':' && status >> kilobytes)
            return kilobytes * 1024;
    return 0;
}

Process::Process(const Command& command, const fs::path& log) : id_(spawn(command, log)) {}

Process::~Process()
{
    if (!ended_)
        end(SIGKILL);
}

bool Process::has_ended()
{
    if (!ended_)
        ended_ = wait4(id_, &status_, WNOHANG, &usage_) == id_;
    return ended_;
}

void Process::end(int signal)
{
    kill(id_, signal);
    wait();
}

int Process::wait()
{
    if (!ended_)
        ended_ = wait4(id_, &status_, 0, &usage_) == id_;
    return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
}

} // namespace simsync::test
