// The page of a build without the console (SIMSYNC_CONSOLE=OFF): links, for who has no Node to build more.
#include "daemon/console/asset.hpp"

namespace simsync
{
namespace
{

constexpr std::string_view front_page =
    R"(<!doctype html><html lang="en"><meta charset="utf-8"><title>simsync</title>
<h1>simsync</h1>
<ul><li><a href="/healthz">/healthz</a> the process turns
<li><a href="/readyz">/readyz</a> the database answers and every led account is fresh
<li><a href="/metrics">/metrics</a> for Prometheus</ul></html>
)";

constexpr Asset assets[] = {
    {"/", "text/html; charset=utf-8", "plain-" SIMSYNC_VERSION, Lifetime::checked, front_page, {}, {}}};

} // namespace

std::span<const Asset> embedded_assets()
{
    return assets;
}

} // namespace simsync
