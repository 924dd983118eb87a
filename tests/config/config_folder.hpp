// A folder with a configuration and a password file in it, for every test of the configuration.
#pragma once

#include "config/config.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace simsync
{

// Self-signed, valid for a hundred years.
inline const std::string certificate = R"(-----BEGIN CERTIFICATE-----
MIIBbzCCARWgAwIBAgIUIY0mZhBYUJTUijYvSlWouAQO0HAwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAgFw0yNjExMjUxNzQyMzJaGA8yMTI2MTEwMTE3NDIzMlow
DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLjQ4pDly1j3
9VdsXKCuoRuLk0USb2zeKalLfylltLEFDBTl2YG6oETNaxyu01QeHeBV0S86Joyi
g44oiU1qrpGjUzBRMB0GA1UdDgQWBBT8QDdnUu21ERue46qUMn/tse80UDAfBgNV
HSMEGDAWgBT8QDdnUu21ERue46qUMn/tse80UDAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0gAMEUCIFtbHNDGXuL3usyymmsk3AJE9mIxll1p+6v5J7s49EPP
AiEAwDIiA1H/m1HUSjG4XrF9YlnM7KkTnbjFyZLIi6c+XFU=
-----END CERTIFICATE-----
)";

// Whatever a test puts where a secret may stand: no message may hold it.
inline const std::string secret = "hunter2";

// Lines 1 to 5 of a configuration that is complete.
inline const std::string account = R"([[account]]
name = "main"
endpoint = "https://api.myphone.group"
username = "partner"
password_file = "main.password"
)";

// The account with another value for one of its keys.
inline std::string account_with(const std::string& key, const std::string& value)
{
    auto text = account;
    const auto begin = text.find(key + " = ") + key.size() + 3;
    return text.replace(begin, text.find('\n', begin) - begin, value);
}

// A mistaken text, and what must be said of it.
struct Said
{
    std::string of;
    std::string sentence;
    std::string hint;
};

inline std::vector<ConfigDiagnostic> diagnostics_of(const std::function<void()>& act)
{
    try
    {
        act();
    }
    catch (const ConfigError& error)
    {
        EXPECT_EQ(error.what(), error.diagnostics().front().what);
        for (const auto& diagnostic : error.diagnostics())
        {
            EXPECT_THAT(diagnostic.what + diagnostic.hint, testing::Not(testing::HasSubstr(secret)));
            EXPECT_NE(diagnostic.hint, "") << diagnostic.what;
        }
        return error.diagnostics();
    }
    return {};
}

class ConfigFolder : public testing::Test
{
protected:
    ConfigFolder()
    {
        for (const char* name :
             {"CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "INVOCATION_ID", "PGUSER", "PGPASSWORD",
              "PGPASSFILE"})
            unsetenv(name);
        std::string pattern = std::filesystem::temp_directory_path() / "simsync-config-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        write("main.password", secret + "\n");
    }
    ~ConfigFolder() override
    {
        for (const char* name : {"CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "PGUSER"})
            unsetenv(name);
        std::filesystem::remove_all(folder_);
    }

    const std::filesystem::path& folder() const { return folder_; }

    std::filesystem::path write(const std::string& name, const std::string& text, mode_t mode = 0600) const
    {
        const auto file = folder_ / name;
        std::ofstream{file, std::ios::binary} << text;
        EXPECT_EQ(chmod(file.c_str(), mode), 0);
        return file;
    }

    Config load(const std::string& text) const { return load_config(write("simsync.toml", text)); }
    AccountConfig load_account(const std::string& keys) const
    {
        return load(account + keys).accounts.front();
    }

    std::vector<ConfigDiagnostic> diagnostics(const std::string& text) const
    {
        return diagnostics_of([&] { load(text); });
    }

    // The only mistake of that text: "LINE:COLUMN: sentence HINT: hint".
    std::string diagnostic(const std::string& text) const
    {
        const auto all = diagnostics(text);
        EXPECT_EQ(all.size(), 1U) << text;
        if (all.empty())
            return "nothing HINT: nothing";
        const auto place = (folder_ / "simsync.toml:").string();
        EXPECT_THAT(all.front().what, testing::StartsWith(place));
        return all.front().what.substr(place.size()) + " HINT: " + all.front().hint;
    }

    // Line 6 begins behind `before`.
    void expect_diagnostics(
        const std::string& before, const std::vector<Said>& each, const std::string& after) const
    {
        for (const auto& [of, sentence, hint] : each)
        {
            const auto said = diagnostic(before + of + after);
            const auto middle = said.find(" HINT: ");
            EXPECT_THAT(said.substr(0, middle), testing::HasSubstr(sentence)) << of;
            EXPECT_THAT(said.substr(middle), testing::HasSubstr(hint)) << of;
        }
    }

private:
    std::filesystem::path folder_;
};

} // namespace simsync
