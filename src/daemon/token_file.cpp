// Four lines in a file: endpoint, user, the last moment at which it is good (milliseconds of the epoch, or
// nothing), token. Written whole or not at all.
#include "daemon/token_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <system_error>
#include <vector>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono;

constexpr std::size_t longest = 64 * 1024;

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

fs::path folder_of_systemd()
{
    const auto folders = environment("RUNTIME_DIRECTORY"); // several, with colons between
    return folders.substr(0, folders.find(':'));
}

// In the order in which they are tried. The last is where systemd makes the unit's RuntimeDirectory, for
// commands that systemd does not start, and root's own.
std::vector<fs::path> other_folders()
{
    const auto of_user = environment("XDG_RUNTIME_DIR");
    const auto usual = "/run/user/" + std::to_string(::geteuid());
    return {fs::path{of_user.empty() ? usual : of_user} / "simsync", "/run/simsync"};
}

// Made where its parent is there; nobody else may write there.
bool is_own(const fs::path& folder)
{
    ::mkdir(folder.c_str(), 0700);
    struct stat found
    {
    };
    return ::lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
           (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::string name_of(const AccountConfig& account)
{
    return account.name + ".token";
}

milliseconds now()
{
    return floor<milliseconds>(system_clock::now().time_since_epoch());
}

std::string last_error()
{
    return std::generic_category().message(errno);
}

class Descriptor
{
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    explicit operator bool() const { return number_ >= 0; }
    int number() const { return number_; }

private:
    int number_;
};

bool write_all(int file, std::string_view text)
{
    while (!text.empty())
    {
        const auto written = ::write(file, text.data(), text.size());
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Readers see the old one or the new one.
std::string replace(const fs::path& file, std::string_view text)
{
    const auto fresh = file.string() + '.' + std::to_string(::getpid());
    ::unlink(fresh.c_str());
    {
        const Descriptor made{
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
        if (!made || !write_all(made.number(), text))
            return fresh + ": " + last_error();
    }
    if (::rename(fresh.c_str(), file.c_str()) != 0)
        return file.string() + ": " + last_error();
    return {};
}

// Ours alone; root may read what it could take anyway.
bool is_trusted(const struct stat& found)
{
    const bool ours = found.st_uid == ::geteuid() || ::geteuid() == 0;
    return S_ISREG(found.st_mode) && ours && (found.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
           found.st_size > 0 && static_cast<std::size_t>(found.st_size) <= longest;
}

// Empty where it is not there or not to be trusted.
std::string read(const fs::path& file)
{
    const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    struct stat found
    {
    };
    if (!opened || ::fstat(opened.number(), &found) != 0 || !is_trusted(found))
        return {};
    std::string text(static_cast<std::size_t>(found.st_size), '\0');
    const auto bytes = ::read(opened.number(), text.data(), text.size());
    text.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return text;
}

bool fits_a_header(std::string_view token)
{
    return !token.empty() && std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<LentToken> token_in(const std::string& text, const AccountConfig& account)
{
    std::istringstream stream{text};
    std::array<std::string, 4> lines;
    for (auto& line : lines)
        if (!std::getline(stream, line))
            return std::nullopt;
    const auto& [endpoint, username, until, token] = lines;
    if (endpoint != account.endpoint || username != account.username || !fits_a_header(token))
        return std::nullopt;
    if (until.empty())
        return LentToken{token};
    milliseconds::rep last = 0;
    std::from_chars(until.data(), until.data() + until.size(), last);
    const auto left = milliseconds{last} - now();
    return left > milliseconds::zero() ? std::optional(LentToken{token, left}) : std::nullopt;
}

} // namespace

TokenFile::TokenFile(const AccountConfig& account) : account_(account)
{
    auto folder = folder_of_systemd();
    const auto others = other_folders();
    if (folder.empty())
        if (const auto own = std::ranges::find_if(others, is_own); own != others.end())
            folder = *own;
    if (!folder.empty())
        file_ = folder / name_of(account);
}

TokenFile::~TokenFile()
{
    withdraw();
}

std::string TokenFile::lend(const LentToken& token)
{
    if (file_.empty())
        return {};
    const auto until = token.good_for ? std::to_string((now() + *token.good_for).count()) : std::string{};
    auto why_not = replace(
        file_, account_.endpoint + '\n' + account_.username + '\n' + until + '\n' + token.text + '\n');
    if (why_not.empty())
        lent_ = token.text;
    return why_not;
}

// Removes the file, unless another instance has put its own token there meanwhile.
void TokenFile::withdraw()
{
    if (!lent_.empty())
        if (const auto token = token_in(read(file_), account_); !token || token->text == lent_)
            ::unlink(file_.c_str());
    lent_.clear();
    file_.clear();
}

std::optional<LentToken> borrowed_token(const AccountConfig& account)
{
    auto folders = other_folders();
    if (const auto folder = folder_of_systemd(); !folder.empty())
        folders.insert(folders.begin(), folder);
    for (const auto& folder : folders)
        if (auto token = token_in(read(folder / name_of(account)), account))
            return token;
    return std::nullopt;
}

} // namespace simsync
