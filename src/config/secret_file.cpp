#include "config/secret_file.hpp"

#include "model/escape.hpp"
#include "postgres/advice.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;

// What systemd puts before the names of files where it hands over a whole folder
// (LoadCredential=simsync:/etc/simsync): main.password becomes simsync_main.password.
constexpr std::string_view folder_credential = "simsync_";

std::string shown(const fs::path& file)
{
    return escape(file.string(), PATH_MAX);
}

std::optional<fs::path> credentials_folder()
{
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    return folder != nullptr && *folder != '\0' ? std::optional<fs::path>(folder) : std::nullopt;
}

// systemd writes the way below the folder with underscores.
fs::path of_folder(const fs::path& credentials, std::string name)
{
    std::ranges::replace(name, '/', '_');
    return credentials / (std::string(folder_credential) + name);
}

bool is_there(const fs::path& file)
{
    std::error_code ignored;
    return fs::exists(file, ignored);
}

bool is_open_to_all(const fs::path& file)
{
    std::error_code ignored;
    const auto status = fs::status(file, ignored);
    return fs::is_regular_file(status) && (status.permissions() & fs::perms::others_all) != fs::perms::none;
}

std::string hint_at_credential(const SecretFile& file)
{
    const auto original = shown(file.original);
    std::error_code ignored;
    if (fs::is_symlink(file.original, ignored))
        return original +
               " is a symbolic link, which systemd does not hand over: put an ordinary file there, then: "
               "systemctl restart simsync";
    if (is_there(file.original))
        return original +
               " is there, but a service has what was there when it started: systemctl restart simsync";
    return "write it into the first line of " + original +
           " (root's, mode 0600 will do), then: systemctl restart simsync";
}

// Throws ConfigError where what was handed over, or was to be, is none of ours.
void require_in_sight(const SecretFile& file)
{
    if (is_open_to_all(file.original)) // the copy never is
        throw ConfigError(
            {{"the password file " + shown(file.original) + " is open to every user of this machine",
              "chmod 600 " + shown(file.original)}});
    if (file.original.empty() || is_there(file.path))
        return;
    const auto name = file.path.lexically_relative(credentials_folder().value_or("")).string();
    const auto whole = of_folder(credentials_folder().value_or(""), name);
    throw ConfigError(
        {{"the password file " + shown(file.path) + " cannot be read: it is not among the credentials " +
              "of this service, and neither is " + shown(whole),
          hint_at_credential(file)}});
}

} // namespace

SecretFile find_secret_file(const fs::path& folder, const std::string& name)
{
    SecretFile file{folder / name, {}, {}};
    const auto credentials = credentials_folder();
    if (credentials && fs::path(name).is_relative())
    {
        file.original = file.path;
        const auto whole = of_folder(*credentials, name);
        file.path = *credentials / name;
        if (!is_there(file.path) && is_there(whole))
            file.path = whole;
    }
    file.mark = mark_of(file.original.empty() ? file.path : file.original);
    return file;
}

std::string read_secret(const SecretFile& file)
{
    require_in_sight(file);
    return read_password(file);
}

std::string read_secret_text(const SecretFile& file)
{
    require_in_sight(file);
    return read_whole_password_file(file);
}

bool secret_is_whole_file(SinkType type)
{
    return type == SinkType::nats;
}

std::string hint_at_unread(const SecretFile& file, const std::error_code& error)
{
    if (!file.original.empty())
        return hint_at_credential(file);
    const bool missing = error == std::errc::no_such_file_or_directory;
    if (started_by_a_service_manager())
        return std::string(
                   missing ? "write the password into its first line" : "let the service's user read it") +
               ", or name a file of /etc/simsync without its folder, which the service is handed a copy of; "
               "then: "
               "systemctl restart simsync";
    return missing ? "write the password into its first line and `chmod 600` it"
                   : "run it as a user that may read this file, with sudo for example";
}

bool is_readable(const SecretFile& file)
{
    return faccessat(AT_FDCWD, file.path.c_str(), R_OK, AT_EACCESS) == 0;
}

std::optional<FileMark> mark_of(const fs::path& file)
{
    struct stat status
    {
    };
    if (stat(file.c_str(), &status) != 0)
        return std::nullopt;
    constexpr std::int64_t second = 1'000'000'000;
    return FileMark{
        status.st_dev, status.st_ino, status.st_size,
        status.st_mtim.tv_sec * second + status.st_mtim.tv_nsec};
}

} // namespace simsync
