// Running the program.
#include "e2e/program.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// A guard against hanging for ever, not a bound on speed: sanitizers and a busy machine are slow.
constexpr auto patience = 30s;

std::string content(const fs::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

// The surroundings of whoever runs the tests have no part in them. The shell only redirects and is replaced.
Command
command_of(const fs::path& out, const fs::path& err, const Strings& arguments, const Strings& environment)
{
    Command command{"setpriv", "--pdeathsig=KILL", "env"};
    for (const char* name :
         {"SIMSYNC_CONFIG", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY", "INVOCATION_ID",
          "JOURNAL_STREAM", "MAINPID", "PGUSER", "PGPASSWORD", "PGPASSFILE"})
        command.insert(command.end(), {"-u", name});
    command.push_back(
        "XDG_RUNTIME_DIR=" + out.parent_path().string()); // a token is lent within the test alone
    command.insert(command.end(), environment.begin(), environment.end());
    command.insert(
        command.end(), {"sh", "-c", R"(out=$1 err=$2; shift 2; exec "$0" "$@" >"$out" 2>"$err")",
                        SIMSYNC_PROGRAM, out, err});
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

} // namespace

Result run_program(const Folder& folder, const Strings& arguments, const Strings& environment)
{
    static std::atomic<int> runs = 0;
    Program program(folder, "run" + std::to_string(++runs), arguments, environment);
    const int code = program.process().wait();
    return {code, program.out(), program.err()};
}

Program::Program(
    const Folder& folder, const std::string& name, const Strings& arguments, const Strings& environment)
    : out_(folder / (name + ".out")),
      err_(folder / (name + ".err")),
      process_(command_of(out_, err_, arguments, environment), folder / (name + ".log"))
{
}

std::string Program::out() const
{
    return content(out_);
}

std::string Program::err() const
{
    return content(err_);
}

std::string Program::await_out(const std::string& text)
{
    return await(out_, text);
}

std::string Program::await_err(const std::string& text)
{
    return await(err_, text);
}

std::string Program::await(const fs::path& file, const std::string& text)
{
    for (const auto end = std::chrono::steady_clock::now() + patience;
         std::chrono::steady_clock::now() < end;)
    {
        const bool ended = process_.has_ended();
        const auto lines = content(file);
        if (const auto found = lines.find(text); found != std::string::npos)
        {
            const auto begin = found == 0 ? std::string::npos : lines.rfind('\n', found - 1);
            const auto first = begin == std::string::npos ? 0 : begin + 1;
            return lines.substr(first, lines.find('\n', found) - first);
        }
        if (ended)
            break;
        std::this_thread::sleep_for(2ms);
    }
    throw std::runtime_error("\"" + text + "\" did not appear; stderr says:\n" + content(err_));
}

std::size_t occurrences(const std::string& text, const std::string& part)
{
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

std::string http_port(Program& daemon)
{
    const auto line = daemon.await_err("serves health and metrics");
    return line.substr(line.find("port=") + 5);
}

} // namespace simsync::test
