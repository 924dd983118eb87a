// What is told of a certificate that is not trusted, whatever stands in it.
#include "io/certificate_fault.hpp"

#include <gmock/gmock.h>
#include <openssl/x509_vfy.h>

namespace simsync
{
namespace
{

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

Failure failure(int code, const CertificateFacts& certificate)
{
    return certificate_failure(
        code, "said by OpenSSL", certificate, "api.example", "POST https://api.example");
}

TEST(CertificateFault, NamesAFewOfManyHostsAndNoneWhereThereIsNone)
{
    CertificateFacts certificate;
    EXPECT_THAT(
        failure(X509_V_ERR_HOSTNAME_MISMATCH, certificate).what,
        HasSubstr("for another name: for no host at all, not for api.example"));
    certificate.names = {"1", "2", "3", "4", "5", "6", "7"};
    EXPECT_THAT(
        failure(X509_V_ERR_HOSTNAME_MISMATCH, certificate).what,
        HasSubstr("for 1, 2, 3, 4, 5 and 2 others, not"));
}

TEST(CertificateFault, KeepsTheStrangersTextInItsPlace)
{
    CertificateFacts certificate;
    certificate.names = {"a\nb" + std::string(1'000, 'x')};
    const auto what = failure(X509_V_ERR_HOSTNAME_MISMATCH, certificate).what;
    EXPECT_THAT(what, AllOf(Not(HasSubstr("\n")), EndsWith("not for api.example")));
    EXPECT_LT(what.size(), 400U);
}

TEST(CertificateFault, ThatHasNoNameHereIsToldInOpenSslsWords)
{
    const auto revoked = failure(X509_V_ERR_CERT_REVOKED, {});
    EXPECT_EQ(
        revoked.what,
        "POST https://api.example: TLS failed: its certificate is not trusted: said by OpenSSL");
    EXPECT_EQ(hint(revoked), hint(FailureKind::tls));
}

} // namespace
} // namespace simsync
