// An operator of NATS, an account of his with JetStream and a user of the account, as files have them.
#pragma once

#include "sink/nats_operator_keys.hpp"

#include <string>

namespace simsync::test
{

// As `nsc generate creds` writes it.
inline std::string credentials_file(const std::string& jwt, const std::string& seed)
{
    return "-----BEGIN NATS USER JWT-----\n" + jwt +
           "\n------END NATS USER JWT------\n\n"
           "************************* IMPORTANT *************************\n"
           "NKEY Seed printed below can be used to sign and prove identity.\n"
           "NKEYs are sensitive and should be treated as secrets.\n\n"
           "-----BEGIN USER NKEY SEED-----\n" +
           seed +
           "\n------END USER NKEY SEED------\n\n"
           "*************************************************************\n";
}

// What nats-server has to know of them.
inline std::string operator_configuration()
{
    return "operator: " + operator_jwt + "\nsystem_account: " + system_name +
           "\nresolver: MEMORY\nresolver_preload: { " + account_name + ": " + account_jwt + ", " +
           system_name + ": " + system_jwt + " }";
}

} // namespace simsync::test
