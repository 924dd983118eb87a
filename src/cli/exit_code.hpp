// The exit codes, those of sysexits.h, and what an error of ours maps to.
#pragma once

#include "simsync/model/failure.hpp"
#include "simsync/postgres/errors.hpp"

#include <exception>
#include <stdexcept>
#include <string>

namespace simsync::cli
{

enum class ExitCode
{
    done = 0,
    warning = 1,      // of `status --check`
    critical = 2,     // of `status --check`
    usage = 64,       // wrong usage
    data = 65,        // the API's answer makes no sense
    unavailable = 69, // API or database unreachable
    defect = 70,
    try_again = 75, // another instance leads the account
    refused = 77,   // credentials or rights
    configuration = 78,
};

// What a command cannot do: one sentence, a hint, the code to exit with.
class CommandError : public std::runtime_error
{
public:
    CommandError(ExitCode code, const std::string& what, std::string hint)
        : std::runtime_error(what),
          code_(code),
          hint_(std::move(hint))
    {
    }
    ExitCode code() const noexcept { return code_; }
    const std::string& hint() const noexcept { return hint_; }

private:
    ExitCode code_;
    std::string hint_;
};

class UsageError : public CommandError
{
public:
    UsageError(const std::string& what, std::string hint)
        : CommandError(ExitCode::usage, what, std::move(hint))
    {
    }
};

ExitCode exit_code_of(FailureKind kind);
ExitCode exit_code_of(const StoreError& error);

// To stderr: the sentence and a `HINT:` line, each one line whatever stands in it.
void complain(const std::string& what, const std::string& hint);

// From now on complaints are entries of the log, at priority error, where that is not text for people.
void complain_in_the_log();

// Complains of an error and returns the code to exit with.
ExitCode report(const std::exception_ptr& error);

} // namespace simsync::cli
