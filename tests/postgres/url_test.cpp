// Connection strings: what is added, what is shown, and that a password is neither.
#include "postgres/url.hpp"

#include "simsync/postgres/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libpq-fe.h>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string option(const std::string& conninfo, const std::string& keyword)
{
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfoParse(conninfo.c_str(), nullptr), PQconninfoFree);
    for (const auto* each = options.get(); each && each->keyword; ++each)
        if (each->keyword == keyword && each->val)
            return each->val;
    return "";
}

TEST(UrlTest, WhatIsGivenStaysAndWhatIsOpenIsBounded)
{
    const auto read =
        read_url("postgresql://me:it%27s%20%5C%40@db1,db2:6543/sims?target_session_attrs=read-write");
    EXPECT_EQ(option(read.conninfo, "user"), "me");
    EXPECT_EQ(option(read.conninfo, "password"), "it's \\@");
    EXPECT_EQ(option(read.conninfo, "host"), "db1,db2");
    EXPECT_EQ(option(read.conninfo, "port"), ",6543");
    EXPECT_EQ(option(read.conninfo, "target_session_attrs"), "read-write");
    EXPECT_EQ(option(read.conninfo, "connect_timeout"), "3");
    EXPECT_EQ(option(read.conninfo, "keepalives_idle"), "4");
    EXPECT_EQ(option(read.conninfo, "fallback_application_name"), "simsync");
    EXPECT_EQ(read.place, "database \"sims\" on db1,db2");

    EXPECT_EQ(option(read_url("connect_timeout=7").conninfo, "connect_timeout"), "7")
        << "the operator knows better";
}

TEST(UrlTest, ThePlaceIsTheOneThatLibpqWouldTake)
{
    setenv("PGHOST", "/run/elsewhere", 1);
    setenv("PGDATABASE", "fallback", 1);
    const auto place = read_url("").place;
    const auto given = read_url("host=here dbname=this").place;
    unsetenv("PGHOST");
    unsetenv("PGDATABASE");
    EXPECT_EQ(place, "database \"fallback\" on /run/elsewhere");
    EXPECT_EQ(given, "database \"this\" on here");
    EXPECT_EQ(read_url("user=me").place, "database \"me\" on the local socket");
}

class BadUrlTest : public testing::TestWithParam<std::string>
{
};

TEST_P(BadUrlTest, IsRefusedWithoutQuotingIt)
{
    try
    {
        read_url(GetParam());
        FAIL() << "it was accepted";
    }
    catch (const BadDatabaseUrl& error)
    {
        EXPECT_THAT(std::string(error.what()) + error.hint(), Not(HasSubstr("sesame")));
        EXPECT_FALSE(error.hint().empty());
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadUrlTest,
    testing::Values(
        "sesame", "host=here password='sesame", "password=open sesame dbname=x",
        "postgresql://me:open@sesame@here/x", "postgresql://me:%zz-sesame@here/x",
        "postgresql://me@here/x?sesame=1", "user=me@here host=a@sesame"));

} // namespace
} // namespace simsync::test
