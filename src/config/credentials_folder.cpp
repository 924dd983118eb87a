#include "config/credentials_folder.hpp"

#include "model/escape.hpp"

#include <algorithm>
#include <climits>
#include <string_view>
#include <system_error>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;

// systemd's own bounds (252): on one name, and on all names and contents together.
constexpr std::size_t longest_name = 255;
constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 20;
constexpr std::string_view prefix = "simsync_";

bool is_taken(char c)
{
    return c >= ' ' && c <= '~' && c != ':';
}

std::string shown(const fs::path& path)
{
    return escape(path.string(), PATH_MAX);
}

} // namespace

std::vector<FolderFile> credentials_in(const fs::path& folder)
{
    std::vector<FolderFile> files;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error))
    {
        if (entry->path().filename().string().starts_with('.'))
        {
            entry.disable_recursion_pending();
            continue;
        }
        std::error_code gone;
        const auto type = entry->symlink_status(gone).type();
        if (gone || type != fs::file_type::regular)
            continue;
        const auto size = entry->file_size(gone);
        files.push_back({entry->path().lexically_relative(folder).string(), gone ? 0 : size});
    }
    std::ranges::sort(files, {}, &FolderFile::name);
    return files;
}

std::optional<ConfigDiagnostic>
fault_in_credentials(const fs::path& folder, std::span<const FolderFile> files)
{
    const auto begin = "systemd cannot hand " + shown(folder) + " over, and starts nothing: ";
    const auto misnamed = [&](const FolderFile& file, const char* how)
    {
        return ConfigDiagnostic{
            begin + "the name \"" + escape(file.name, PATH_MAX) + "\" " + how,
            "rename it, or move it out of " + shown(folder)};
    };
    std::uintmax_t bytes = 0;
    for (const auto& file : files)
    {
        bytes += prefix.size() + file.name.size() + file.size;
        if (!std::ranges::all_of(file.name, is_taken))
            return misnamed(file, "has a colon or a letter beyond ASCII");
        if (prefix.size() + file.name.size() > longest_name)
            return misnamed(file, "is too long");
    }
    if (bytes <= most_bytes)
        return std::nullopt;
    const auto& largest = *std::ranges::max_element(files, {}, &FolderFile::size);
    return ConfigDiagnostic{
        begin + "its files and their names have " + std::to_string(bytes) + " bytes, of at most " +
            std::to_string(most_bytes),
        "keep only the configuration and its secrets there; the largest is " + shown(folder / largest.name)};
}

} // namespace simsync
