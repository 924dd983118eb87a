// simsync's command line. arguments.cpp makes a struct of what was typed; its type chooses among the
// overloads of `execute` in commands.hpp, the table of what simsync can do. One `try` tells what went wrong
// and maps it to the exit code.
//
// How a command is added; whatever is forgotten, the compiler or the test of arguments.cpp asks for:
//   1. arguments.hpp: a struct of what it takes, and its place in `Command`
//   2. commands.hpp: `execute` of that struct, defined in a file of the command's own
//   3. options.hpp: a function that tells CLI11 of its options and checks them, defined in
//      database_options.cpp where the command works with the database alone, else in api_options.cpp
//   4. arguments.cpp: its row in the table that --help prints; manual and completion are made from that
//   5. tests/cli/arguments_test.cpp: how it is typed, and what is said of a slip
#include "cli/commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <variant>

namespace simsync::cli
{
namespace
{

ExitCode run_command_line(int argc, const char* const* argv)
{
    try
    {
        const auto arguments = parse_arguments(argc, argv);
        return std::visit(
            [&](const auto& command) { return execute(command, arguments.common); }, arguments.command);
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
    return static_cast<int>(simsync::cli::run_command_line(argc, argv));
}
