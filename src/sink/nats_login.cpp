#include "sink/nats_login.hpp"

#include <cstdlib>
#include <cstring>

namespace simsync
{
namespace
{

// libnats asks for both while it connects, in the thread that connects, and frees what it is given.
extern "C" natsStatus
sign_nonce(char**, unsigned char** signature, int* length, const char* nonce, void* seed)
{
    return nats_Sign(static_cast<const std::string*>(seed)->c_str(), nonce, signature, length);
}

extern "C" natsStatus copy_jwt(char** copy, char**, void* jwt)
{
    *copy = strdup(static_cast<const std::string*>(jwt)->c_str());
    return *copy == nullptr ? NATS_NO_MEMORY : NATS_OK;
}

// As libnats hands it back: it changes nothing of it.
void* handle(const std::string& text)
{
    return const_cast<std::string*>(&text);
}

struct Login
{
    natsOptions* to;

    natsStatus operator()(const NatsToken& with) const
    {
        return natsOptions_SetToken(to, with.token.c_str());
    }
    natsStatus operator()(const NatsPassword& with) const
    {
        return natsOptions_SetUserInfo(to, with.user.c_str(), with.password.c_str());
    }
    natsStatus operator()(const NatsKey& with) const
    {
        return natsOptions_SetNKey(to, with.name.c_str(), &sign_nonce, handle(with.seed));
    }
    natsStatus operator()(const NatsUser& with) const
    {
        return natsOptions_SetUserCredentialsCallbacks(
            to, &copy_jwt, handle(with.jwt), &sign_nonce, handle(with.seed));
    }
};

} // namespace

natsStatus configure_login(natsOptions* to, const NatsCredentials& credentials)
{
    return std::visit(Login{to}, credentials);
}

// Without an expected name libnats takes a certificate of any host.
natsStatus configure_tls(natsOptions* to, const Endpoint& server, const std::string& ca_file)
{
    auto status = natsOptions_SetSecure(to, true);
    if (status == NATS_OK)
        status = natsOptions_SetExpectedHostname(to, server.host.c_str());
    if (status == NATS_OK && !ca_file.empty())
        status = natsOptions_LoadCATrustedCertificates(to, ca_file.c_str());
    return status;
}

} // namespace simsync
