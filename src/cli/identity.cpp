#include "cli/identity.hpp"

#include "cli/exit_code.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>

namespace simsync::cli
{
namespace
{

// Who we were before we became another user.
std::optional<uid_t>& former_user()
{
    static std::optional<uid_t> user;
    return user;
}

const passwd* wanted_user(const std::filesystem::path& config_file)
{
    return geteuid() == 0 && is_installed(config_file) ? getpwnam(service_user) : nullptr;
}

// libpq looks below HOME for passwords and certificates, and stumbles over a folder that is root's.
void become(const passwd& user)
{
    former_user() = getuid();
    if (initgroups(user.pw_name, user.pw_gid) != 0 || setgid(user.pw_gid) != 0 || setuid(user.pw_uid) != 0)
        throw CommandError(
            ExitCode::refused,
            "root cannot become user " + std::string(service_user) + ": " +
                std::generic_category().message(errno),
            "run it as that user: setpriv --reuid simsync --regid simsync --init-groups simsync …");
    setenv("HOME", user.pw_dir, 1);
    setenv("USER", user.pw_name, 1);
    setenv("LOGNAME", user.pw_name, 1);
}

} // namespace

bool is_installed(const std::filesystem::path& config_file)
{
    std::error_code error;
    const auto file = std::filesystem::weakly_canonical(config_file, error);
    return !error && file.parent_path() == installed_folder;
}

bool become_service_user(const std::filesystem::path& config_file, const Config& config)
{
    const auto* user = wanted_user(config_file);
    if (user == nullptr)
        return false;
    keep_passwords(secret_files(config));
    become(*user);
    return true;
}

bool become_service_user(const std::filesystem::path& config_file)
{
    return become_service_user(config_file, {});
}

std::string person_behind()
{
    return former_user() ? who_asks() : std::string{};
}

std::string who_asks()
{
    if (const char* person = std::getenv("SUDO_USER"); person != nullptr && *person != '\0')
        return person;
    const auto id = former_user().value_or(geteuid());
    const auto* user = getpwuid(id);
    return user != nullptr ? user->pw_name : "uid " + std::to_string(id);
}

} // namespace simsync::cli
