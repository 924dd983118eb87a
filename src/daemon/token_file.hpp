// The account's access token, lent to commands of the same user on the same host: where the partner keeps one
// session for each user, a login of theirs would end the daemon's.
#pragma once

#include "config/config.hpp"
#include "simsync/api/client.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace simsync
{

// `NAME.token`, mode 0600, in `$RUNTIME_DIRECTORY` (systemd's), else in the first of these that is the user's
// own or can be made, with mode 0700: simsync in `$XDG_RUNTIME_DIR` (/run/user/UID), /run/simsync. Where
// there is none, nothing is lent. It is gone when the lender is.
class TokenFile
{
public:
    explicit TokenFile(const AccountConfig& account);
    ~TokenFile();
    TokenFile(const TokenFile&) = delete;
    TokenFile& operator=(const TokenFile&) = delete;

    // In place of the one before. Why it could not be lent; empty: it is, or there is nowhere to.
    std::string lend(const LentToken& token);

    // For good: what is issued afterwards is not lent any more.
    void withdraw();

private:
    AccountConfig account_;
    std::filesystem::path file_; // empty: nowhere
    std::string lent_;           // the token that stands in it
};

// What a daemon of this host lends for this account, if it is still good: for the same endpoint and user, and
// from a file that nobody else can have written or read. Looks in all these places.
std::optional<LentToken> borrowed_token(const AccountConfig& account);

} // namespace simsync
