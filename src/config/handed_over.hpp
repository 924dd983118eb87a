// Secrets that this process has only as it was given them at its start: a service manager's credentials, or
// what root read before it became another user. A reload cannot take them anew, so it must not pretend to.
#pragma once

#include "config/config.hpp"

#include <filesystem>
#include <map>
#include <optional>

namespace simsync
{

class HandedOver
{
public:
    // To read secrets.
    enum class Rights
    {
        kept,
        given_up,
    };

    // `at_start`: what the process was started with.
    HandedOver(const Config& at_start, Rights rights);

    // Throws ConfigError, with a mistake for each secret that `next` names and that was written anew since.
    void require_current(const Config& next) const;

private:
    bool is_current(const SecretFile& file) const;

    Rights rights_;
    std::map<std::filesystem::path, std::optional<FileMark>> marks_; // by what is read
};

} // namespace simsync
