// The tests of what decides and touches no page, by Node's own runner: node test.mjs PACKAGES
//   PACKAGES  a folder whose node_modules hold what package-lock.json names; the tests are bundled there
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const sources = dirname(fileURLToPath(import.meta.url));
const packages = resolve(process.argv[2] ?? join(sources, "../../build/console"));
const output = join(packages, "tests");

const tests = readdirSync(join(sources, "tests")).filter((name) => name.endsWith(".test.ts"));
rmSync(output, { force: true, recursive: true });
createRequire(join(packages, "package.json"))("esbuild").buildSync({
  entryPoints: tests.map((name) => join(sources, "tests", name)),
  outdir: output,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  sourcemap: "inline",
  logLevel: "warning",
});

const files = tests.map((name) => join(output, name.replace(/\.ts$/, ".mjs")));
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { cwd: sources, stdio: "inherit" });
process.exit(status ?? 1);
