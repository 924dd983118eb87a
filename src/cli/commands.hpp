// What each command does, in a file of its own: `simsync events` in events.cpp, and so on. It prints its
// result on stdout and returns the exit code; what goes wrong is thrown and told by main.
#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace simsync::cli
{

ExitCode execute(const HelpCommand& command, const CommonArguments& common);
ExitCode execute(const VersionCommand& command, const CommonArguments& common);
ExitCode execute(const RunCommand& command, const CommonArguments& common);
ExitCode execute(const ReloadCommand& command, const CommonArguments& common);
ExitCode execute(const SyncCommand& command, const CommonArguments& common);
ExitCode execute(const MigrateCommand& command, const CommonArguments& common);
ExitCode execute(const CheckCommand& command, const CommonArguments& common);
ExitCode execute(const StatusCommand& command, const CommonArguments& common);
ExitCode execute(const EventsCommand& command, const CommonArguments& common);
ExitCode execute(const ConsumerCommand& command, const CommonArguments& common);
ExitCode execute(const HistoryCommand& command, const CommonArguments& common);
ExitCode execute(const FindCommand& command, const CommonArguments& common);
ExitCode execute(const ActionsCommand& command, const CommonArguments& common);
ExitCode execute(const RemovalsCommand& command, const CommonArguments& common);
ExitCode execute(const AccountRetireCommand& command, const CommonArguments& common);
ExitCode execute(const SchemaCommand& command, const CommonArguments& common);
ExitCode execute(const SimListCommand& command, const CommonArguments& common);
ExitCode execute(const SimGetCommand& command, const CommonArguments& common);
ExitCode execute(const SimActionCommand& command, const CommonArguments& common);
ExitCode execute(const SimBulkCommand& command, const CommonArguments& common);

} // namespace simsync::cli
