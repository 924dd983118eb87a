#include "config/database_section.hpp"

#include "config/common_keys.hpp"
#include "config/secret_file.hpp"
#include "postgres/url.hpp"
#include "postgres/url_fault.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace simsync
{
namespace
{

// More would be more than one machine's worth of writing at once; and each is a connection of the server's.
constexpr Range<std::size_t> lane_numbers{1, 64};

bool read_database_address(Section& section, std::string& url)
{
    if (!section.read("url", url))
        return section.find("url") == std::nullopt; // the default is good
    const auto fault = fault_in_database_url(url);
    if (fault)
        section.refuse("url", "database.url " + fault->what, fault->hint);
    return !fault;
}

// The schema's owner, or an analyst: the daemon's password is not theirs.
bool brings_a_login()
{
    constexpr std::array variables{"PGUSER", "PGPASSWORD", "PGPASSFILE"};
    return std::ranges::any_of(
        variables,
        [](const char* name)
        {
            const char* value = std::getenv(name);
            return value != nullptr && *value != '\0';
        });
}

std::optional<std::string>
database_password(Section& section, const std::filesystem::path& folder, SecretFile& file)
{
    constexpr std::string_view key = "password_file";
    std::string name;
    if (!section.read(key, name) || name.empty())
        return std::nullopt;
    if (section.tries_secrets())
        return read_secret_file(section, key, folder, name, file);
    file = find_secret_file(folder, name);
    if (brings_a_login() || !is_readable(file))
        return std::nullopt;
    try
    {
        return read_password(file);
    }
    catch (const ConfigError& error)
    {
        for (const auto& diagnostic : error.diagnostics())
            section.refuse(key, diagnostic.what, diagnostic.hint);
        return std::nullopt;
    }
}

} // namespace

void read_database(Section& section, const std::filesystem::path& folder, Config& config)
{
    section.read("lanes", config.database_lanes, lane_numbers);
    const bool good = read_database_address(section, config.database_url);
    const auto password = database_password(section, folder, config.database_password_file);
    if (good && password)
        config.database_url = with_password(config.database_url, *password);
}

} // namespace simsync
