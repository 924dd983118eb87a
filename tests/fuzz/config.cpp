// The configuration: a Config that holds together, or a ConfigError that gives no secret away.
#include "config/config.hpp"

#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "model/escape.hpp"

#include <toml++/toml.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace simsync::fuzz
{
namespace
{

namespace fs = std::filesystem;

// A folder for as long as the process lives, with the password file that the corpus names.
class Folder
{
public:
    Folder()
    {
        unsetenv("CREDENTIALS_DIRECTORY");
        std::string pattern = fs::temp_directory_path() / "simsync-fuzz-XXXXXX";
        require(mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made", pattern);
        path_ = pattern;
        write("main.password", "hunter2\n");
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path write(const std::string& name, std::string_view bytes) const
    {
        const auto file = path_ / name;
        std::ofstream{file, std::ios::binary} << bytes;
        require(chmod(file.c_str(), 0600) == 0, "a file of our own can be closed to others", file.string());
        return file;
    }

private:
    fs::path path_;
};

using Texts = std::vector<std::string>;

// --- what may be a secret

// Shorter ones stand in our own sentences by chance.
constexpr std::size_t revealing = 8;

// The value of a key of that name is never to be quoted. A file's name is no secret.
bool names_a_secret(std::string_view key)
{
    std::string lower{key};
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    constexpr std::array<std::string_view, 5> words{"passw", "token", "secret", "credential", "url"};
    return lower != "password_file" &&
           std::ranges::any_of(
               words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void gather_secrets(const toml::table& table, Texts& secrets)
{
    for (const auto& [key, node] : table)
    {
        if (const auto* inner = node.as_table())
            gather_secrets(*inner, secrets);
        else if (const auto* list = node.as_array())
            for (const auto& element : *list)
                if (const auto* item = element.as_table())
                    gather_secrets(*item, secrets);
        if (const auto* text = node.as_string(); text && names_a_secret(key.str()))
            secrets.push_back(text->get());
        // Nobody's file has a number for its name: a password stands in the wrong place.
        if (const auto* number = node.as_integer();
            number && (names_a_secret(key.str()) || key.str() == "password_file"))
            secrets.push_back(std::to_string(number->get()));
    }
}

// In a text that is no TOML: what stands in quotes behind the key, on a line of its own.
void gather_secrets(std::string_view line, Texts& secrets)
{
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || !names_a_secret(line.substr(0, equals)))
        return;
    const auto value = line.substr(equals + 1);
    const auto begin = value.find('"');
    const auto end = value.rfind('"');
    if (begin < end && end != std::string_view::npos)
        secrets.emplace_back(value.substr(begin + 1, end - begin - 1));
}

Texts secrets_in(std::string_view text)
{
    Texts secrets;
    try
    {
        gather_secrets(toml::parse(text), secrets);
    }
    catch (const toml::parse_error&)
    {
        for (auto rest = text; !rest.empty();)
        {
            const auto line = rest.substr(0, rest.find('\n'));
            gather_secrets(line, secrets);
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        }
    }
    // What stands elsewhere too may be quoted from there; what had to be escaped would not be recognised.
    std::erase_if(
        secrets,
        [&](const std::string& secret)
        {
            return secret.size() < revealing || escape(secret, secret.size()) != secret ||
                   text.find(secret) == std::string_view::npos || text.find(secret) != text.rfind(secret);
        });
    return secrets;
}

// --- what is said

bool is_one_line(const std::string& text)
{
    return !text.empty() && escape(text, text.size()) == text;
}

// The mistakes of the text, in full; empty where it is accepted.
std::string said_of(std::string_view text, const Folder& folder)
{
    std::string said;
    try
    {
        load_config(folder.write("simsync.toml", text));
    }
    catch (const ConfigError& error)
    {
        require(!error.diagnostics().empty(), "a refused configuration has a mistake");
        for (const auto& [what, hint] : error.diagnostics())
        {
            require(is_one_line(what) && is_one_line(hint), "a mistake and its hint are a line each", what);
            said.append(what).append("\n").append(hint).append("\n");
        }
    }
    return said;
}

// Some words are our own: they are said too where another secret stands in the secret's place.
void gives_nothing_away(std::string_view text, const std::string& said, const Folder& folder)
{
    for (const auto& secret : secrets_in(text))
    {
        if (said.find(secret) == std::string::npos)
            continue;
        std::string masked{text};
        masked.replace(masked.find(secret), secret.size(), secret.size(), '*');
        require(
            said_of(masked, folder).find(secret) != std::string::npos, "no mistake quotes a secret", said);
    }
}

void holds_together(const Config& config)
{
    std::set<std::string> names;
    require(!config.accounts.empty(), "a configuration has an account");
    for (const auto& account : config.accounts)
    {
        require(names.insert(account.name).second, "each account has a name of its own", account.name);
        require(
            !account.endpoint.empty() && !account.username.empty(), "an account can log in", account.name);
        require(account.password_file.path.is_absolute(), "an account's password file has an absolute path");
        require(account.page_size >= 1 && account.concurrency >= 1, "an account asks for something");
        require(storable(scope_text(account.filter)), "a filter has a text that can be stored");
    }
    require(
        !config.alert.balance_low || *config.alert.balance_low <= *config.alert.balance_recovered,
        "a balance that has recovered is not low");
    require(
        std::ranges::is_sorted(config.alert.tariff_expiry_warnings, std::greater{}),
        "the longest warning comes first");
}

} // namespace

void config(std::string_view bytes)
{
    static const Folder folder;
    if (const auto said = said_of(bytes, folder); !said.empty())
        return gives_nothing_away(bytes, said, folder);

    const auto file = folder.write("simsync.toml", bytes);
    const auto config = load_config(file);
    holds_together(config);
    require(load_config(file) == config, "a configuration reads the same each time");
}

} // namespace simsync::fuzz
