// Rows of SIMs: whatever is written is read back as it was.
#include "store/mirror_test.hpp"

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using RowsTest = MirrorTest;

Sim full_sim()
{
    Sim full = sim("1001");
    full.iccid_plastic = "8937204016180000018";
    full.sim_id = "sim-7";
    full.is_blocked = true;
    full.allow_free_caller_id_change = false;
    full.allow_free_voice_substitution = true;
    full.balance = Money::parse("-12345678901234567890.123456789");
    full.data_balance = Money::parse("0.5");
    full.fmcs = {"100", "101"};
    full.caller_ids = {"37120000001"};
    full.external_msisdns = {"37160000001", "37160000002"};
    full.tariff_name = "Business L";
    full.tariff_type = "MONTHLY";
    full.tariff_package_total_calls_max_duration = 9'007'199'254'740'993;
    full.profile = "S1";
    full.description = "front desk";
    full.latest_activity = at("2026-06-30T23:59:59.999999Z");
    full.tariff_expires_at = at("9999-12-31T23:59:59.5Z");
    full.imei = "356938035643809";
    full.imei_is_correct = false;
    full.is_archived = false;
    full.undecoded = {{"balance", R"({"amount": "many"})"}, {"imei", "\"tab\there\""}};
    return full;
}

// Everything that COPY, array literals or SQL give a meaning to.
const std::vector<std::string> odd_texts{
    "",
    " ",
    "NULL",
    "null",
    "\\N",
    "\\.",
    "it's \"quoted\"",
    "back\\slash\\",
    "tab\tnewline\nreturn\r",
    "{braces,and,commas}",
    "{}",
    "'; drop table simsync.sim; --",
    "$1 %s {0}",
    "\x01\x1b[31mred\x7f",
    "Žluťoučký kůň ёжик 電話 \xF0\x9F\x93\xB1",
    std::string(100'000, 'x'),
};

TEST_F(RowsTest, AnInsertedSimIsReadBackInEveryColumn)
{
    insert({to_write(full_sim())});

    const auto read = stored("1001");
    EXPECT_EQ(read.sim, full_sim());
    EXPECT_EQ(read.changed_at, noon);
    EXPECT_EQ(read.removed_at, std::nullopt);
    EXPECT_EQ(read.revision, 1);
    EXPECT_EQ(read.conditions, Conditions{});
}

TEST_F(RowsTest, AnUpdatedSimIsReadBackInEveryColumn)
{
    insert({to_write(sim("1001"))});
    update({to_write(full_sim(), noon + std::chrono::hours{1})});

    const auto read = stored("1001");
    EXPECT_EQ(read.sim, full_sim());
    EXPECT_EQ(read.changed_at, noon + std::chrono::hours{1});
    EXPECT_EQ(read.revision, 2);
    EXPECT_EQ(sql("select first_seen_at = '2026-07-01T12:00:00Z' from simsync.sim"), "t");
}

TEST_F(RowsTest, WhatTheApiDoesNotTellIsNull)
{
    insert({to_write(full_sim())});
    update({to_write(sim("1001"))});

    EXPECT_EQ(stored("1001").sim, sim("1001"));
    EXPECT_EQ(
        sql("select num_nulls(iccid_plastic, sim_id, is_blocked, balance, tariff_expires_at, "
            "undecoded) from simsync.sim"),
        "6");
}

TEST_F(RowsTest, MoneyIsCanonicalHoweverTheDatabaseKeepsIt)
{
    Sim seen = sim("1");
    seen.balance = Money::parse("5");
    insert({to_write(seen)});
    sql("update simsync.sim set balance = 5.0000");
    EXPECT_EQ(stored("1").sim, seen);
}

// The server keeps amounts in groups of four digits to either side of the point.
TEST_F(RowsTest, AmountsOfAnyLengthGoInAsTheServerReadsTheirText)
{
    const std::vector<std::string> amounts{
        "0",
        "7",
        "-7",
        "9999",
        "10000",
        "-10000.5",
        "12345678.91",
        "100000000",
        "0.1",
        "0.0001",
        "0.00001",
        "-0.00012345",
        "1.00000001",
        "1234.5678",
        "99999.99999",
        "1" + std::string(999, '0'),
        "0." + std::string(998, '0') + '3',
        std::string(500, '9') + '.' + std::string(500, '9')};
    for (const auto& amount : amounts)
    {
        Sim seen = sim(amount);
        seen.balance = Money::parse(amount);
        insert({to_write(seen)});
    }
    EXPECT_EQ(
        sql("select count(*) from simsync.sim where balance::text = id"), std::to_string(amounts.size()));
    EXPECT_EQ(
        sql("select string_agg(id, ' ') from simsync.sim where numeric_send(balance) <> "
            "numeric_send(id::numeric)"),
        "");
}

TEST_F(RowsTest, TimesFromLongAgoToFarAheadGoInAsTheServerReadsTheirText)
{
    const std::vector<std::string> times{"0001-01-01T00:00:00Z",        "1969-12-31T23:59:59.999999Z",
                                         "1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z",
                                         "2000-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z"};
    for (const auto& time : times)
    {
        Sim seen = sim(time);
        seen.tariff_expires_at = at(time);
        insert({to_write(seen)});
    }
    EXPECT_EQ(
        sql("select count(*) from simsync.sim where tariff_expires_at = id::timestamptz"),
        std::to_string(times.size()));
}

class OddTextTest : public RowsTest, public testing::WithParamInterface<std::string>
{
protected:
    static Sim odd()
    {
        Sim seen = sim("id of " + GetParam());
        seen.description = GetParam();
        seen.fmcs = {GetParam(), "after it"};
        seen.undecoded = {{"profile", GetParam()}};
        return seen;
    }
};

TEST_P(OddTextTest, SurvivesInsertUpdateAndEvent)
{
    insert({to_write(odd())});
    EXPECT_EQ(stored(odd().id).sim, odd());
    update({to_write(odd())});
    EXPECT_EQ(stored(odd().id).sim, odd());

    auto emitted = event(Kind::attributes_changed, odd().id);
    emitted.after = {{"description", GetParam()}, {"fmcs", odd().fmcs}};
    append({emitted});
    EXPECT_EQ(sql("select after ->> 'description' from simsync.change_event"), GetParam());
    EXPECT_EQ(sql("select after -> 'fmcs' ->> 0 from simsync.change_event"), GetParam());
    EXPECT_EQ(sql("select sim from simsync.change_event"), odd().id);
}

INSTANTIATE_TEST_SUITE_P(
    All, OddTextTest, testing::ValuesIn(odd_texts),
    [](const auto& each) { return "Text" + std::to_string(each.index); });

TEST_F(RowsTest, ManyRowsGoInAStatement)
{
    std::vector<Row> many;
    std::vector<std::string> ids;
    for (int i = 0; i < 3'000; ++i)
    {
        ids.push_back(std::to_string(i));
        many.push_back(to_write(sim(ids.back())));
        many.back().observed.sim.balance = Money::parse(ids.back());
    }
    insert(many);
    for (auto& each : many)
        each.observed.sim.caller_ids = {each.observed.sim.id};
    update(many);

    EXPECT_THAT(stored(ids), SizeIs(3'000));
    EXPECT_EQ(
        sql("select count(*) from simsync.sim where balance::text = id and caller_ids = array[id] and "
            "revision = 2"),
        "3000");
}

TEST_F(RowsTest, InsertsFollowEachOtherUntilSomethingElseIsAsked)
{
    auto poor = to_write(sim("2"));
    poor.conditions.balance_low = true;
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.insert(rows_of({to_write(sim("1"))}));
            transaction.update({}); // asks nothing
            transaction.insert(rows_of({poor}));
            const auto found = transaction.load(std::vector<std::string>{"1", "2"});
            ASSERT_THAT(found, SizeIs(2));
            for (const auto& each : found)
                EXPECT_EQ(each.conditions.balance_low, each.sim.id == "2");
            transaction.insert(rows_of({to_write(sim("3"))})); // nothing follows but the commit
        });
    EXPECT_EQ(sql("select string_agg(id, ' ' order by id) from simsync.sim"), "1 2 3");
}

TEST_F(RowsTest, AnInsertOfWhatExistsFailsTheTransactionAtTheLatestInItsEnd)
{
    insert({to_write(sim("1"))});
    EXPECT_THROW(insert({to_write(sim("2")), to_write(sim("1"))}), DatabaseUnavailable);
    EXPECT_EQ(sql("select count(*) from simsync.sim"), "1");
}

TEST_F(RowsTest, UnknownIdsAreMissing)
{
    insert({to_write(sim("1"))});
    EXPECT_THAT(stored(std::vector<std::string>{"1", "2"}), SizeIs(1));
    EXPECT_THAT(stored(std::vector<std::string>{}), IsEmpty());
}

TEST_F(RowsTest, NothingToWriteWritesNothing)
{
    mirror.transact(
        [](Transaction& transaction)
        {
            transaction.insert({});
            transaction.update({});
            transaction.remove({}, noon);
            EXPECT_EQ(transaction.append({}), 0);
        });
    EXPECT_EQ(sql("select last_seq from simsync.account"), "0");
}

TEST_F(RowsTest, ARemovedSimKeepsItsRowAndComesBack)
{
    insert({to_write(full_sim()), to_write(sim("2"))});
    const std::vector<std::string> gone{"1001"};
    mirror.transact([&](Transaction& transaction)
                    { transaction.remove(gone, noon + std::chrono::hours{1}); });

    EXPECT_EQ(stored("1001").removed_at, noon + std::chrono::hours{1});
    EXPECT_EQ(stored("1001").revision, 2);
    EXPECT_EQ(stored("2").removed_at, std::nullopt);
    EXPECT_EQ(mirror.load_fleet().size(), 1U);

    update({to_write(full_sim(), noon + std::chrono::hours{2})});
    EXPECT_EQ(stored("1001").removed_at, std::nullopt);
    EXPECT_EQ(mirror.load_fleet().size(), 2U);
}

TEST_F(RowsTest, ALowBalanceStandsUntilItIsResolved)
{
    auto low = to_write(sim("1"));
    low.conditions.balance_low = true;
    insert({low, to_write(sim("2"))});
    EXPECT_TRUE(stored("1").conditions.balance_low);
    EXPECT_FALSE(stored("2").conditions.balance_low);

    low.at += std::chrono::hours{1};
    update({low});
    EXPECT_TRUE(stored("1").conditions.balance_low);
    EXPECT_EQ(sql("select raised_at = '2026-07-01T12:00:00Z' from simsync.condition"), "t") << "raised once";

    low.conditions.balance_low = false;
    update({low});
    EXPECT_FALSE(stored("1").conditions.balance_low);
}

TEST_F(RowsTest, RemovalEndsConditions)
{
    auto low = to_write(sim("1"));
    low.conditions.balance_low = true;
    insert({low});
    const std::vector<std::string> gone{"1"};
    mirror.transact([&](Transaction& transaction) { transaction.remove(gone, noon); });
    EXPECT_EQ(stored("1").conditions, Conditions{});
    EXPECT_EQ(sql("select count(*) from simsync.condition"), "0");
}

TEST_F(RowsTest, TheFleetComesBackWithItsFingerprints)
{
    auto first = to_write(sim("odd\tid"));
    first.observed.fingerprint = {0xFFFFFFFFFFFFFFFF, 0x8000000000000001};
    auto second = to_write(sim("2"));
    second.observed.fingerprint = {0, 0};
    insert({first, second});

    const auto fleet = mirror.load_fleet();
    ASSERT_EQ(fleet.size(), 2U);
    EXPECT_EQ(fleet.fingerprint(fleet.find("odd\tid")), first.observed.fingerprint);
    EXPECT_EQ(fleet.fingerprint(fleet.find("2")), second.observed.fingerprint);
    EXPECT_EQ(fleet.id(0), "2") << "in id order";
}

TEST_F(RowsTest, TheFleetComesInPiecesAsItComesAtOnce)
{
    const auto id_of = [](int i) { return "'" + std::to_string(i); }; // and is quoted
    for (int i = 0; i < 9; ++i)
        insert({to_write(sim(id_of(i)))});
    const std::vector<std::string> gone{id_of(0), id_of(3), id_of(4), id_of(8)};
    mirror.transact([&](Transaction& transaction) { transaction.remove(gone, noon); });

    for (const auto most : {1U, 2U, 3U, 5U, 6U})
    {
        Fleet fleet;
        LoadProgress progress;
        std::vector<std::size_t> after_each;
        while (!mirror.load_fleet(fleet, most, progress))
        {
            after_each.push_back(fleet.size());
            ASSERT_EQ(progress.loaded(), (Loaded{fleet.size(), 0})) << "it goes on";
            ASSERT_GT(progress.came(), LoadProgress::Time{});
        }
        EXPECT_EQ(progress.loaded(), std::nullopt) << "it is through";
        EXPECT_EQ(after_each.size(), 5 / most) << "one more where the last is full, for nobody knows";
        ASSERT_EQ(fleet.size(), 5U);
        for (Fleet::Place place = 0; const int i : {1, 2, 5, 6, 7})
            EXPECT_EQ(fleet.id(place++), id_of(i));
    }
}

TEST_F(RowsTest, TheFleetKnowsTheBytesThatEachFingerprintWasTakenOf)
{
    const auto payload_hash_of = [this](std::string_view id)
    {
        const auto fleet = mirror.load_fleet();
        return fleet.payload_hash(fleet.find(id));
    };
    auto seen = to_write(sim("1"));
    seen.observed.payload_hash = {0xFEDCBA9876543210, 0xFFFFFFFF};
    insert({seen, to_write(sim("2"))});
    EXPECT_EQ(payload_hash_of("1"), seen.observed.payload_hash);
    EXPECT_EQ(payload_hash_of("2"), PayloadHash{});

    seen.observed.payload_hash = {0, 590};
    update({seen});
    EXPECT_EQ(payload_hash_of("1"), seen.observed.payload_hash);
    update({to_write(sim("1"))});
    EXPECT_EQ(payload_hash_of("1"), PayloadHash{}) << "of an answer that no list held";
    EXPECT_EQ(sql("select count(*) from simsync.sim where wording is null"), "2");
}

TEST_F(RowsTest, TextsOfAnyCharactersAreInsertedAsTheyAre)
{
    auto seen = sim(R"(\.)");
    seen.iccid_plastic = "";
    seen.sim_id = R"(\N)";
    seen.description = "a\tb\nc\rd\be\ff\vg\\h";
    seen.caller_ids = {R"("quoted", \ and {so} on)", "NULL"};
    seen.undecoded = {{"imei", "{\"a\":\"\\\\\t\"}"}};
    insert({to_write(seen), to_write(sim("next"))});
    EXPECT_EQ(stored(seen.id).sim, seen);
    EXPECT_EQ(stored("next").sim, sim("next"));
}

TEST_F(RowsTest, AnIdOfAnyCharactersComesBackInTheFleet)
{
    const std::vector<std::string> ids{R"(\N)", R"(a\tb)", "a\tb\nc\rd\be\ff\vg", R"(\\.)", "ключ"};
    for (const auto& id : ids)
        insert({to_write(sim(id))});
    const auto fleet = mirror.load_fleet();
    EXPECT_EQ(fleet.size(), ids.size());
    for (const auto& id : ids)
        EXPECT_NE(fleet.find(id), Fleet::nowhere) << id;
}

TEST_F(RowsTest, AnUpdateOfARowThatIsNotThereIsADefectAndChangesNothing)
{
    insert({to_write(sim("1"))});
    EXPECT_THROW(update({to_write(full_sim()), to_write(sim("1"))}), StoreDefect);
    EXPECT_EQ(stored("1").revision, 1);
}

TEST_F(RowsTest, AnInsertOfARowThatSomebodyElseHasMadeIsRefused)
{
    insert({to_write(sim("1"))});
    EXPECT_THROW(insert({to_write(sim("1"))}), DatabaseUnavailable);
    insert({to_write(sim("2"))}); // and the connection is as good as before
}

TEST_F(RowsTest, AccountsDoNotSeeEachOther)
{
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    insert({to_write(sim("1"))});
    other.transact(
        [](Transaction& transaction) {
            transaction.insert(rows_of({to_write(full_sim()), to_write(sim("1"))}));
        });

    EXPECT_EQ(mirror.load_fleet().size(), 1U);
    EXPECT_EQ(other.load_fleet().size(), 2U);
    EXPECT_THAT(stored(std::vector<std::string>{"1001"}), IsEmpty());
}

TEST_F(RowsTest, WhatAWorkThrowsUndoesItsTransactionAndPassesThrough)
{
    struct OutOfPaper
    {
    };
    EXPECT_THROW(
        mirror.transact(
            [](Transaction& transaction)
            {
                transaction.insert(rows_of({to_write(sim("1"))}));
                throw OutOfPaper{};
            }),
        OutOfPaper);
    EXPECT_EQ(mirror.load_fleet().size(), 0U);
}

} // namespace
} // namespace simsync::test
