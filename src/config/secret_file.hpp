// Where a secret's file is found, and what to do where it is not: under systemd it is a copy that was handed
// over at the start, elsewhere the file itself.
#pragma once

#include "config/config.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace simsync
{

// A relative name is found among the service's credentials where systemd hands any over
// ($CREDENTIALS_DIRECTORY): as NAME, which is one file's credential, or as simsync_NAME, which is that of a
// whole folder (LoadCredential=simsync:/etc/simsync; a slash is an underscore there). Elsewhere it is below
// `folder`. An absolute one is itself. Nothing is read.
SecretFile find_secret_file(const std::filesystem::path& folder, const std::string& name);

// As read_password, with all places in its error where it is nowhere.
std::string read_secret(const SecretFile& file);
// As read_whole_password_file, in the same way.
std::string read_secret_text(const SecretFile& file);

// Does all that such a sink's file holds count? What one of NATS logs in with may be a credentials file of
// many lines; any other secret is the first line.
bool secret_is_whole_file(SinkType type);

// What a person does about a secret's file that cannot be read.
std::string hint_at_unread(const SecretFile& file, const std::error_code& error);

// May this process read it? False too where it is not there.
bool is_readable(const SecretFile& file);

// Empty where there is no such file.
std::optional<FileMark> mark_of(const std::filesystem::path& file);

} // namespace simsync
