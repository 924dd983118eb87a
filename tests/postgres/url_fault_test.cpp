// Faults of a connection string, found without a connection.
#include "postgres/url_fault.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using testing::Not;

TEST(DatabaseUrl, IsWhateverLibpqReads)
{
    for (const auto* url :
         {"", "postgresql:///simsync", "postgres://h/simsync", "host=/run/postgresql dbname=simsync user=me",
          "postgresql://me@db1:5433,db2/simsync?target_session_attrs=read-write",
          "postgresql://[::1]/simsync?sslmode=verify-full&passfile=/etc/simsync/pgpass"})
        EXPECT_FALSE(fault_in_database_url(url)) << url;
}

TEST(DatabaseUrl, HoldsNoPassword)
{
    for (const auto* url :
         {"postgresql://me:hunter2@h/simsync", "postgresql://h/simsync?password=hunter2",
          "host=h password=hunter2", "host=h password='hunter2'",
          "host=h password=hunter2 sslpassword=hunter2"})
    {
        const auto fault = fault_in_database_url(url);
        ASSERT_TRUE(fault) << url;
        EXPECT_THAT(fault->what, HasSubstr("holds a password"));
        EXPECT_THAT(fault->hint, HasSubstr("[database] password_file"));
        EXPECT_TRUE(fault->holds_a_secret);
        EXPECT_THAT(fault->what + fault->hint, Not(HasSubstr("hunter2")));
    }
    const auto key = fault_in_database_url("sslpassword=hunter2");
    ASSERT_TRUE(key);
    EXPECT_THAT(key->hint, HasSubstr("a key without a passphrase"));
}

TEST(DatabaseUrl, IsNeverQuotedWhereItCannotBeRead)
{
    for (const auto* url :
         {"simsync", "mysql://me:hunter2@h/simsync", "host=h passwort=hunter2",
          "postgresql://me:hunter2@[::1/simsync", "password='hunter2"})
    {
        const auto fault = fault_in_database_url(url);
        ASSERT_TRUE(fault) << url;
        EXPECT_THAT(fault->what, HasSubstr("is no libpq connection string"));
        EXPECT_THAT(fault->hint, HasSubstr("postgresql:///simsync"));
        EXPECT_THAT(fault->what + fault->hint, Not(HasSubstr("hunter2")));
    }
}

} // namespace
} // namespace simsync
