// A server that runs as a child of the test and ends with it.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace simsync::test
{

using Command = std::vector<std::string>;

// The same command as an ordinary user: `postgres` for root, which database servers refuse, else the calling
// user.
Command unprivileged(Command command);

// Runs a command to its end; throws where it fails. What it prints goes to `log`.
void run(const Command& command, const std::filesystem::path& log);

// A folder below the system's for temporary files, which an unprivileged child may write; gone with the
// object. Making one also removes those that killed tests left behind.
class Folder
{
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

// A figure in kB of /proc/PID/status ("VmRSS", "VmHWM"), in bytes; 0 where there is no such process any more.
std::size_t status_bytes(pid_t process, const std::string& name);

// The kernel ends the child when the thread that started it ends, however it ends.
class Process
{
public:
    Process(const Command& command, const std::filesystem::path& log);
    ~Process(); // kills it
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t id() const noexcept { return id_; }
    bool has_ended();
    void end(int signal); // sends it and waits for the end
    int wait();           // for the end; the exit code, or 128 and the signal, as a shell tells it
    const rusage& usage() const noexcept { return usage_; } // once it has ended: its own and its children's

private:
    pid_t id_;
    bool ended_ = false;
    int status_ = 0; // as wait4 gives it
    rusage usage_{};
};

} // namespace simsync::test
