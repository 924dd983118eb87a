// What became of the daemon's last reload, in a file of the service's runtime folder: `simsync reload` waits
// for it there, so that `systemctl reload` fails where the new configuration was refused.
#pragma once

#include "config/config.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace simsync
{

struct ReloadVerdict
{
    // Of this host's steady clock, which all its processes share: a verdict on what was asked for earlier is
    // told from one on what is asked for now.
    using Time = std::chrono::steady_clock::time_point;

    pid_t daemon = 0;
    std::optional<Time> begun; // when it began to read the configuration; empty: it has not since its start
    std::vector<ConfigDiagnostic> diagnostics; // none: it was taken

    bool operator==(const ReloadVerdict&) const;
};

// $RUNTIME_DIRECTORY, the first of them; empty where the service manager gave us none.
std::optional<std::filesystem::path> runtime_folder();

// Replaces the file in one step: who reads it sees the old one or the new one. Throws std::system_error.
void write_verdict(const std::filesystem::path& folder, const ReloadVerdict& verdict);

// Empty where there is none, or none that can be read.
std::optional<ReloadVerdict> read_verdict(const std::filesystem::path& folder);

void remove_verdict(const std::filesystem::path& folder) noexcept;

} // namespace simsync
