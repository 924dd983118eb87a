// What an `[[account]]` and a `[[sink]]` have in common: a name, an address, files beside the configuration.
#pragma once

#include "config/secret_file.hpp"
#include "config/toml_file.hpp"
#include "io/endpoint.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace simsync
{

// Required. It ends up in tables and in labels: [a-z0-9][a-z0-9_-]{0,62}.
void read_name(Section& section, std::string& name, std::string_view example);

struct UrlWords
{
    std::string example;              // "https://api.myphone.group"
    std::string where_secrets_belong; // a sentence
    std::string in_the_clear;         // what http:// would send there
    std::string plain = "http://";    // the schemes' names
    std::string encrypted = "https://";
};

// Required: http(s) with a host and perhaps a path. http to anything but loopback only where plaintext is
// allowed.
void read_url(
    Section& section, std::string_view key, std::string& url, const UrlWords& words, bool allow_plaintext);

// A host that can be looked up; http to anything but loopback only where plaintext is allowed.
void check_host(
    Section& section, std::string_view key, const Endpoint& endpoint, const UrlWords& words,
    bool allow_plaintext);

// A file with one secret, found as find_secret_file does. Where secrets are tried, it is read by `read`; the
// secret, where it can be had.
std::optional<std::string> read_secret_file(
    Section& section, std::string_view key, const std::filesystem::path& folder, const std::string& name,
    SecretFile& file, std::string (*read)(const SecretFile&) = read_secret);

// `ca_file`, tried too; empty where there is none.
std::filesystem::path read_ca_file(Section& section, const std::filesystem::path& folder);

} // namespace simsync
