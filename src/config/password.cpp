// The password file.
#include "config/config.hpp"

#include "config/secret_file.hpp"
#include "model/escape.hpp"

#include <cerrno>
#include <climits>
#include <fstream>
#include <map>
#include <system_error>
#include <variant>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;

// Longer than any password; what is longer is another file.
constexpr std::size_t longest_password = 1024;
constexpr std::size_t longest_file = std::size_t{64} << 10U;

[[noreturn]] void refuse(const fs::path& file, const std::string& what, std::string hint)
{
    throw ConfigError(
        {{"the password file " + escape(file.string(), PATH_MAX) + ' ' + what, std::move(hint)}});
}

[[noreturn]] void refuse_unread(const fs::path& file, const std::error_code& error)
{
    refuse(file, "cannot be read: " + error.message(), hint_at_unread({file, {}, {}}, error));
}

void check_standing(const fs::path& file)
{
    std::error_code error;
    const auto status = fs::status(file, error);
    if (!fs::exists(status))
        refuse_unread(file, error ? error : std::make_error_code(std::errc::no_such_file_or_directory));
    if (!fs::is_regular_file(status))
        refuse(file, "is no ordinary file", "it is read again at every login, so a pipe will not do");
    if ((status.permissions() & fs::perms::others_all) != fs::perms::none)
        refuse(file, "is open to every user of this machine", "chmod 600 " + escape(file.string(), PATH_MAX));
}

// One byte more than longest_file of it at most.
std::string read_from_disk(const fs::path& file)
{
    check_standing(file);
    std::ifstream stream{file, std::ios::binary};
    if (!stream)
        refuse_unread(file, {errno, std::generic_category()});
    std::string text(longest_file + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

std::string first_line(const std::string& text)
{
    const auto end = text.find('\n');
    std::string line = text.substr(0, end);
    if (end != std::string::npos && line.ends_with('\r'))
        line.pop_back();
    return line;
}

std::string password_in(const fs::path& file, const std::string& text)
{
    const std::string hint = "the password is its first line, in UTF-8";
    auto password = first_line(text);
    if (password.empty())
        refuse(file, "has an empty first line", hint);
    if (password.size() > longest_password)
        refuse(file, "has a first line of more than 1024 bytes", hint);
    if (!storable(password))
        refuse(file, "holds a NUL or bytes that are no UTF-8", hint);
    return password;
}

// What a file held while we had the right to read it.
using Kept = std::variant<std::string, std::vector<ConfigDiagnostic>>;

std::map<fs::path, Kept>& kept_passwords()
{
    static std::map<fs::path, Kept> kept;
    return kept;
}

std::string text_of(const fs::path& file)
{
    const auto kept = kept_passwords().find(file);
    if (kept == kept_passwords().end())
        return read_from_disk(file);
    if (const auto* diagnostics = std::get_if<std::vector<ConfigDiagnostic>>(&kept->second))
        throw ConfigError(*diagnostics);
    return std::get<std::string>(kept->second);
}

} // namespace

std::string read_password(const fs::path& file)
{
    return password_in(file, text_of(file));
}

std::string read_whole_password_file(const fs::path& file)
{
    auto text = text_of(file);
    if (text.size() > longest_file)
        refuse(
            file, "is larger than 64 KiB",
            "it holds a line for each user, or the credentials of one, and nothing else");
    if (!storable(text))
        refuse(file, "holds a NUL or bytes that are no UTF-8", "it is text, in UTF-8");
    return text;
}

void keep_passwords(const std::vector<SecretFile>& files)
{
    for (const auto& file : files)
        try
        {
            kept_passwords()[file.path] = read_from_disk(file.path);
        }
        catch (const ConfigError& error) // told when somebody asks for it
        {
            kept_passwords()[file.path] = error.diagnostics();
        }
}

} // namespace simsync
