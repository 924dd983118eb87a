// From errors to exit codes. The only place that prints an error of ours.
#include "cli/exit_code.hpp"

#include "config/config.hpp"
#include "daemon/log.hpp"
#include "model/escape.hpp"
#include "simsync/postgres/errors.hpp"

#include <cstdio>
#include <system_error>

namespace simsync::cli
{
namespace
{

// A sentence with a path and a piece of somebody else's text in it; more is no sentence.
constexpr std::size_t longest_line = 2'000;

bool complaints_are_logged = false;

ExitCode print_error(ExitCode code, const StoreError& error)
{
    complain(error.what(), error.hint());
    return code;
}

ExitCode print_error(const CommandError& error)
{
    complain(error.what(), error.hint());
    return error.code();
}

ExitCode print_error(const ConfigError& error)
{
    for (const auto& diagnostic : error.diagnostics())
        complain(diagnostic.what, diagnostic.hint);
    return ExitCode::configuration;
}

ExitCode print_error(const std::system_error& error)
{
    complain(error.what(), "see what stands in the way: a full disk, an address in use, a limit");
    return ExitCode::unavailable;
}

ExitCode print_defect(const std::string& what)
{
    complain(what, "this is a defect of simsync: please report it");
    return ExitCode::defect;
}

template<class Kind>
bool is(const StoreError& error)
{
    return dynamic_cast<const Kind*>(&error) != nullptr;
}

} // namespace

void complain(const std::string& what, const std::string& hint)
{
    if (complaints_are_logged && !log::is_text())
        return log::error("", what, {{"hint", hint}});
    const auto line = [](const std::string& text) { return escape(text, longest_line); };
    std::fprintf(stderr, "simsync: %s\nHINT: %s\n", line(what).c_str(), line(hint).c_str());
}

void complain_in_the_log()
{
    complaints_are_logged = true;
}

ExitCode exit_code_of(const StoreError& error)
{
    if (is<BadDatabaseUrl>(error) || is<SchemaMismatch>(error) || is<DatabaseUnfit>(error) ||
        is<PoolerInBetween>(error) || is<ConsumerLost>(error))
        return ExitCode::configuration;
    if (is<DatabaseUnavailable>(error))
        return ExitCode::unavailable;
    if (is<DatabaseRefused>(error))
        return ExitCode::refused;
    return is<TransactionConflict>(error) ? ExitCode::try_again : ExitCode::defect;
}

ExitCode exit_code_of(FailureKind kind)
{
    switch (kind)
    {
    case FailureKind::unauthorized:
    case FailureKind::token_refused:
    case FailureKind::forbidden:
        return ExitCode::refused;
    case FailureKind::blocked:
    case FailureKind::unreachable:
    case FailureKind::timed_out:
    case FailureKind::tls:
    case FailureKind::throttled:
    case FailureKind::server_error:
        return ExitCode::unavailable;
    default:
        return ExitCode::data;
    }
}

ExitCode report(const std::exception_ptr& error)
{
    try
    {
        std::rethrow_exception(error);
    }
    catch (const CommandError& caught)
    {
        return print_error(caught);
    }
    catch (const ConfigError& caught)
    {
        return print_error(caught);
    }
    catch (const StoreError& caught)
    {
        return print_error(exit_code_of(caught), caught);
    }
    catch (const std::system_error& caught)
    {
        return print_error(caught);
    }
    catch (const std::exception& caught)
    {
        return print_defect(caught.what());
    }
    catch (...)
    {
        return print_defect("something that is no error was thrown");
    }
}

} // namespace simsync::cli
