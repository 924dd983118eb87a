// Who runs a command. On the installed configuration root gives its rights up for the service's user:
// PostgreSQL knows that one (peer authentication), and nothing that a command meets is met as root.
#pragma once

#include "config/config.hpp"

#include <filesystem>
#include <string>

namespace simsync::cli
{

// The package's folder, and the user that it makes for the service.
inline constexpr const char* installed_folder = "/etc/simsync";
inline constexpr const char* service_user = "simsync";

// Is this the configuration of the package, by whatever path it is named?
bool is_installed(const std::filesystem::path& config_file);

// Where root runs a command on the installed configuration and the service's user exists: keeps what the
// secrets hold, then becomes that user for good, HOME included. Else nothing. True where it did. Throws
// CommandError where it cannot.
bool become_service_user(const std::filesystem::path& config_file, const Config& config);
// The same for a command that needs no configuration.
bool become_service_user(const std::filesystem::path& config_file);

// The person for whom the service's user acts since become_service_user; empty where we are who we were.
std::string person_behind();

// For others to read: the person behind sudo rather than root, and root rather than who it became.
std::string who_asks();

} // namespace simsync::cli
