// Made by make_nats_operator.mjs: keys and tokens of nobody, which never expire.
#pragma once

#include <string>

namespace simsync::test
{

// clang-format off
inline const std::string operator_jwt =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiIxIiwiaWF0IjoxNzAwMDAwMDAwLCJpc3MiOiJPREZUT"
    "VBCN1BRTUVQRkNKQ1MzUVhSUzRJVzVDU0s1SEFRSFFJSFZYRUhVUEU3TVpGWjJUM0tYWSIsIm5hbWUiOiJ0ZXN0cyIsInN1YiI6I"
    "k9ERlRNUEI3UFFNRVBGQ0pDUzNRWFJTNElXNUNTSzVIQVFIUUlIVlhFSFVQRTdNWkZaMlQzS1hZIiwibmF0cyI6eyJ0eXBlIjoib"
    "3BlcmF0b3IiLCJzeXN0ZW1fYWNjb3VudCI6IkFEUUFVWU9KUFJKRkVaVjZSQkZQSUM2TDRQRk81Rk1PRUxXWERUWEVLWEJMWDYyT"
    "FFXVVZZUUdJIiwidmVyc2lvbiI6Mn19.X_hRg9FxApXqKtTL6yIELNp53zO5ydfKSQpIEc8LtMJ2aJhf6xgDLIJ2XydyP3_0D6v9"
    "EFrrDgEr_UJZp4TlDw";
inline const std::string system_name =
    "ADQAUYOJPRJFEZV6RBFPIC6L4PFO5FMOELWXDTXEKXBLX62LQWUVYQGI";
inline const std::string system_jwt =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiIxIiwiaWF0IjoxNzAwMDAwMDAwLCJpc3MiOiJPREZUT"
    "VBCN1BRTUVQRkNKQ1MzUVhSUzRJVzVDU0s1SEFRSFFJSFZYRUhVUEU3TVpGWjJUM0tYWSIsIm5hbWUiOiJTWVMiLCJzdWIiOiJBR"
    "FFBVVlPSlBSSkZFWlY2UkJGUElDNkw0UEZPNUZNT0VMV1hEVFhFS1hCTFg2MkxRV1VWWVFHSSIsIm5hdHMiOnsidHlwZSI6ImFjY"
    "291bnQiLCJsaW1pdHMiOnsic3VicyI6LTEsImRhdGEiOi0xLCJwYXlsb2FkIjotMSwiaW1wb3J0cyI6LTEsImV4cG9ydHMiOi0xL"
    "CJ3aWxkY2FyZHMiOnRydWUsImNvbm4iOi0xLCJsZWFmIjotMX0sInZlcnNpb24iOjJ9fQ.14EoZCAIHJdFsJhorobNxnv653-NAW"
    "eSn50y3mFWefuX_Vg-f7liJLrnLzc1J3hTb9zFL2JZvmxBw9sRsdkSAA";
inline const std::string account_name =
    "ADDB4QPD3QYL7DH5FHX5VTSOR7Y2YNMUSEGQAIQWNHIA2LL3KHSPRBHM";
inline const std::string account_jwt =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiIxIiwiaWF0IjoxNzAwMDAwMDAwLCJpc3MiOiJPREZUT"
    "VBCN1BRTUVQRkNKQ1MzUVhSUzRJVzVDU0s1SEFRSFFJSFZYRUhVUEU3TVpGWjJUM0tYWSIsIm5hbWUiOiJzaW1zeW5jIiwic3ViI"
    "joiQUREQjRRUEQzUVlMN0RINUZIWDVWVFNPUjdZMllOTVVTRUdRQUlRV05ISUEyTEwzS0hTUFJCSE0iLCJuYXRzIjp7InR5cGUiO"
    "iJhY2NvdW50IiwibGltaXRzIjp7InN1YnMiOi0xLCJkYXRhIjotMSwicGF5bG9hZCI6LTEsImltcG9ydHMiOi0xLCJleHBvcnRzI"
    "jotMSwid2lsZGNhcmRzIjp0cnVlLCJjb25uIjotMSwibGVhZiI6LTEsIm1lbV9zdG9yYWdlIjotMSwiZGlza19zdG9yYWdlIjotM"
    "Swic3RyZWFtcyI6LTEsImNvbnN1bWVyIjotMX0sInZlcnNpb24iOjJ9fQ.UH6ZcJ2ss05G1ykygFbVONdZw4V6Fky-7BYuBjvMLN"
    "eEVVWNk1R6njYVZt9FWuJ_MpPwCkSy01zjGEZRnSp8Dw";
inline const std::string user_jwt =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiIxIiwiaWF0IjoxNzAwMDAwMDAwLCJpc3MiOiJBRERCN"
    "FFQRDNRWUw3REg1RkhYNVZUU09SN1kyWU5NVVNFR1FBSVFXTkhJQTJMTDNLSFNQUkJITSIsIm5hbWUiOiJzaW1zeW5jIiwic3ViI"
    "joiVUM2TldBRVZQVFMyQzZKUFY3UTdBSUdWTkVYNDdDMk1OQ1RUVE1XVDY1VzNONVZKUkZYUE42VTIiLCJuYXRzIjp7InR5cGUiO"
    "iJ1c2VyIiwicHViIjp7fSwic3ViIjp7fSwic3VicyI6LTEsImRhdGEiOi0xLCJwYXlsb2FkIjotMSwidmVyc2lvbiI6Mn19.1xBw"
    "JHiEUBD1BYfJIsmkK2MV0hSnmGD_JpSKFvTpA0rkB-JA04gg6xS3jJrBEYb63kf2ZBpPU-N_349jp2nzBQ";
inline const std::string user_name =
    "UC6NWAEVPTS2C6JPV7Q7AIGVNEX47C2MNCTTTMWT65W3N5VJRFXPN6U2";
inline const std::string user_seed =
    "SUAKUHQARWJ4TRWOPVDCPO64ZYDS74ZEDTIWK7PUHWW6OJYSABKDQZQTRQ";
inline const std::string account_seed =
    "SAAO5PW46M53YUPRNGCZQTYG75LW5ZIOZHAGEWIYT2M2RUMT6DB6BTYRYU";
// clang-format on

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
