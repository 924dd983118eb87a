// simsync's command line: a table of commands. One `try` tells what went wrong and maps it to the exit code.
#include "cli/commands.hpp"
#include "cli/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <map>
#include <string_view>

namespace simsync::cli
{
namespace
{

using Command = ExitCode (*)(const Arguments&);

ExitCode help(const Arguments& arguments)
{
    print(arguments.help);
    return ExitCode::done;
}

const std::map<std::string_view, Command> commands{
    {"account", account}, {"check", check},       {"events", events},
    {"help", help},       {"history", history},   {"migrate", migrate_schema},
    {"reload", reload},   {"removals", removals}, {"run", run},
    {"schema", schema},   {"sim", sim},           {"status", status},
    {"sync", sync},       {"version", version},
};

ExitCode execute(int argc, const char* const* argv)
{
    try
    {
        const auto arguments = parse_arguments(argc, argv);
        return commands.at(arguments.command)(arguments);
    }
    catch (...)
    {
        return report(std::current_exception());
    }
}

} // namespace
} // namespace simsync::cli

// Where stdin, stdout or stderr is closed, the next file or socket would get its number, and what is printed
// would go there: into the database's connection, for example.
void keep_standard_streams()
{
    for (int descriptor = ::open("/dev/null", O_RDWR); descriptor >= 0;
         descriptor = ::open("/dev/null", O_RDWR))
        if (descriptor > STDERR_FILENO)
        {
            ::close(descriptor);
            return;
        }
}

int main(int argc, char** argv)
{
    keep_standard_streams();
    // A reader that goes away (`simsync events | head`) is an error of the write, not a signal.
    std::signal(SIGPIPE, SIG_IGN);
    return static_cast<int>(simsync::cli::execute(argc, argv));
}
