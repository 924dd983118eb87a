// The console's files: which form a client gets, and when it is told that it has it already.
#include "daemon/console/asset.hpp"

#include "io/compress.hpp"

#include <gmock/gmock.h>

#include <array>

namespace simsync
{
namespace
{

using testing::HasSubstr;

const std::string script = "console.log('sims');";
const std::string packed = compress(script, gzip_window);

const std::array<Asset, 2> assets{{
    {"/", "text/html; charset=utf-8", "aaaa", Lifetime::checked, "<!doctype html>", {}, {}},
    {"/assets/main-ABCD1234.js",
     "text/javascript; charset=utf-8",
     "bbbb",
     Lifetime::immutable,
     {},
     packed,
     "brotli's bytes"},
}};

WebReply get(const std::string& path, WebHeaders headers = {})
{
    WebRequest request;
    request.path = path;
    request.headers = std::move(headers);
    return asset_reply(assets, request);
}

std::string body_of(const WebReply& reply)
{
    if (const auto* fixed = std::get_if<StaticBytes>(&reply.body))
        return std::string(fixed->bytes);
    return std::get<std::string>(reply.body);
}

struct Negotiation
{
    const char* accept;
    Encoding chosen;
};

TEST(Asset, ComesInTheFormThatTheClientWantsMost)
{
    for (const auto& [accept, chosen] : std::initializer_list<Negotiation>{
             {"", Encoding::identity},
             {"gzip", Encoding::gzip},
             {"br", Encoding::brotli},
             {"gzip, deflate, br", Encoding::brotli},
             {"gzip, deflate, br, zstd", Encoding::brotli},
             {"deflate, zstd", Encoding::identity},
             {"identity", Encoding::identity},
             {"*", Encoding::brotli},
             {"*;q=0", Encoding::identity},
             {"gzip;q=1.0, br;q=0.5", Encoding::gzip},
             {"br;q=0, gzip", Encoding::gzip},
             {"br;q=0, *", Encoding::gzip},
             {"GZIP ; Q=0.5", Encoding::gzip},
             {"gzip;q=0.5, identity;q=0.9", Encoding::identity},
             {"identity;q=0.5, gzip;q=0.5", Encoding::gzip},
             {"gzip;q=0", Encoding::identity},
             {"identity;q=0", Encoding::identity},
             {"gzip;q=much, br;q=7", Encoding::identity},
             {",, ;,gzip,", Encoding::gzip},
         })
        EXPECT_EQ(choose_encoding(accept, assets[1]), chosen) << accept;
    EXPECT_EQ(choose_encoding("br, gzip", assets[0]), Encoding::identity) << "there is no other form";
}

TEST(Asset, IsTheSameInEachForm)
{
    const std::string path = "/assets/main-ABCD1234.js";
    const auto plain = get(path);
    EXPECT_EQ(plain.status, 200U);
    EXPECT_EQ(plain.header("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(plain.header("Content-Encoding"), "");
    EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
    EXPECT_EQ(body_of(plain), script);

    const auto gz = get(path, {{"Accept-Encoding", "gzip"}});
    EXPECT_EQ(gz.header("Content-Encoding"), "gzip");
    EXPECT_EQ(body_of(gz), packed);
    const auto br = get(path, {{"Accept-Encoding", "br"}});
    EXPECT_EQ(br.header("Content-Encoding"), "br");
    EXPECT_EQ(body_of(br), "brotli's bytes");

    EXPECT_NE(plain.header("ETag"), gz.header("ETag")) << "other bytes, another tag";
    EXPECT_NE(gz.header("ETag"), br.header("ETag"));
}

TEST(Asset, IsKeptForEverWhereItsNameChangesWithIt)
{
    EXPECT_EQ(get("/").header("Cache-Control"), "no-cache");
    EXPECT_EQ(get("/assets/main-ABCD1234.js").header("Cache-Control"), "public, max-age=31536000, immutable");
}

TEST(Asset, IsNotSentToWhoHasIt)
{
    const auto same = get("/", {{"If-None-Match", R"("zzzz", W/"aaaa")"}});
    EXPECT_EQ(same.status, 304U);
    EXPECT_EQ(body_of(same), "");
    EXPECT_EQ(same.header("ETag"), R"("aaaa")");
    EXPECT_EQ(same.header("Cache-Control"), "no-cache");
    EXPECT_EQ(get("/", {{"If-None-Match", "*"}}).status, 304U);
    EXPECT_EQ(get("/", {{"If-None-Match", R"("bbbb")"}}).status, 200U);
    EXPECT_EQ(get("/", {{"If-None-Match", "aaaa"}}).status, 200U) << "no quotes, no tag";
    const std::string tag{get("/assets/main-ABCD1234.js", {{"Accept-Encoding", "br"}}).header("ETag")};
    EXPECT_EQ(
        get("/assets/main-ABCD1234.js", {{"Accept-Encoding", "gzip"}, {"If-None-Match", tag}}).status, 200U)
        << "it has another form";
}

TEST(Asset, IsFoundByItsWholeNameAlone)
{
    for (const char* path :
         {"/assets/", "/assets/main.js", "/assets/../main-ABCD1234.js", "/assets/%2e%2e/etc/passwd",
          "/assets/main-ABCD1234.js/", "/index.html"})
    {
        EXPECT_EQ(get(path).status, 404U) << path;
        EXPECT_THAT(body_of(get(path)), HasSubstr("HINT: ")) << path;
    }
}

TEST(EmbeddedAssets, BeginWithAPage)
{
    WebRequest request;
    const auto page = asset_reply(embedded_assets(), request);
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(body_of(page), testing::StartsWith("<!doctype html>"));
    for (const auto& asset : embedded_assets())
    {
        request.path = asset.path;
        EXPECT_EQ(asset_reply(embedded_assets(), request).status, 200U) << asset.path;
        EXPECT_EQ(asset.lifetime == Lifetime::immutable, asset.path.find('-') != std::string_view::npos);
    }
}

} // namespace
} // namespace simsync
