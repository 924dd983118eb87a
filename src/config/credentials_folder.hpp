// Whether systemd can hand a whole folder over (LoadCredential=simsync:/etc/simsync). Where it cannot, it
// starts nothing at all and says "Protocol error", so `check` says it first.
#pragma once

#include "config/config.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

struct FolderFile
{
    std::string name; // below the folder: "main.password", "sub/pager.secret"
    std::uintmax_t size = 0;
};

// Those that systemd takes: ordinary files, also of folders in it, that do not begin with a dot. What cannot
// be looked into is left out.
std::vector<FolderFile> credentials_in(const std::filesystem::path& folder);

// Pure. Empty where all of them can be handed over.
std::optional<ConfigDiagnostic>
fault_in_credentials(const std::filesystem::path& folder, std::span<const FolderFile> files);

} // namespace simsync
