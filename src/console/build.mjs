// Makes of the sources what simsync embeds: node build.mjs [OUTPUT [PACKAGES]]
//   OUTPUT    the folder to write (default build/console/dist of this tree): index.html, assets/NAME-HASH.{js,css,svg},
//             assets/licences.txt, and beside each of them itself packed as .gz and .br; and `copyright`, the same
//             licences as a Debian package tells them
//   PACKAGES  the folder whose node_modules hold what package-lock.json names (default build/console)
// The same sources give the same bytes, whatever Node it is: that is why gzip is the system's and not Node's.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const sources = dirname(fileURLToPath(import.meta.url));
const tree = resolve(sources, "../..");
const output = resolve(process.argv[2] ?? join(tree, "build/console/dist"));
const packages = resolve(process.argv[3] ?? join(tree, "build/console"));

// What a browser transfers, packed by gzip: before anything is seen, and for every page with its chart.
const budget = { firstView: 25_000, all: 60_000 };

function fail(sentence, hint) {
  console.error(`console: ${sentence}\nHINT: ${hint}`);
  process.exit(1);
}

async function main() {
  const require = requireFrom(packages);
  const work = linkSources();
  checkTypes(require, work);
  const files = await bundle(require, work);
  const sizes = packAll(files);
  write(files, sizes);
  report(sizes);
}

function requireFrom(folder) {
  if (!existsSync(join(folder, "node_modules/esbuild")))
    fail(`${folder}/node_modules lacks the packages of src/console/package-lock.json.`,
      "./dev build fetches them; by hand: cp src/console/package*.json build/console && cd build/console && npm ci --ignore-scripts");
  return createRequire(join(folder, "package.json"));
}

// Packages are looked for upwards of the file that imports them, and the sources shall not hold node_modules:
// so they are seen through a link that lies beside it.
function linkSources() {
  const work = join(packages, "src");
  rmSync(work, { force: true, recursive: true });
  symlinkSync(relative(packages, sources), work, "dir");
  return work;
}

function checkTypes(require, work) {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { status, error } = spawnSync(process.execPath, [tsc, "-p", join(work, "tsconfig.json")], { stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) fail("the types do not fit.", "the compiler's words stand above.");
}

// The console never writes markup: that preact could is cut out, so that nothing that does is in what is shipped.
const withoutMarkup = {
  name: "without markup",
  setup(build) {
    build.onLoad({ filter: /\/preact\/dist\/preact\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const markup = "(l||y&&(h.__html==y.__html||h.__html==t.innerHTML)||(t.innerHTML=h.__html),r.__k=[])";
      if (!source.includes(markup) || source.split("innerHTML").length !== 3)
        fail(`${path} writes markup elsewhere than build.mjs expects.`, "look for innerHTML in it, and correct withoutMarkup.");
      return { contents: source.replace(markup, "(r.__k=[])"), loader: "js" };
    });
  },
};

async function bundle(require, work) {
  const { outputFiles, metafile } = await require("esbuild").build({
    absWorkingDir: packages,
    preserveSymlinks: true,
    entryPoints: { main: join(work, "main.tsx"), style: join(work, "style.css"), others: join(work, "others.css"), icon: join(work, "icon.svg") },
    loader: { ".svg": "copy" },
    plugins: [withoutMarkup],
    outdir: join(packages, "out"),
    entryNames: "assets/[name]-[hash]",
    chunkNames: "assets/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none", // whole licences are in licences.txt
    charset: "utf8",
    logLevel: "warning",
    metafile: true,
    write: false,
  });

  const files = new Map();
  for (const { path, contents } of outputFiles) files.set(relative(join(packages, "out"), path), Buffer.from(contents));

  const outputs = Object.entries(metafile.outputs).map(([path, out]) => ({ ...out, path: path.replace(/^out\//, "") }));
  const named = (source) => outputs.find(({ entryPoint }) => entryPoint === `src/${source}`)?.path
    ?? [...files.keys()].find((path) => path.startsWith(`assets/${basename(source).split(".")[0]}-`));
  const first = firstView(outputs, named("main.tsx"));
  files.set("index.html", index({ script: named("main.tsx"), style: named("style.css"), others: named("others.css"), icon: named("icon.svg"), first }));
  files.set("assets/licences.txt", licences());
  files.first = new Set(["index.html", named("style.css"), ...first]);
  return files;
}

// The entry and what it imports at once; what it imports later comes with its page.
function firstView(outputs, entry) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: other, kind } of outputs.find((out) => out.path === path).imports)
      if (kind === "import-statement") visit(other.replace(/^out\//, ""));
  };
  visit(entry);
  return seen;
}

function index({ script, style, others, icon, first }) {
  const preloads = [...first].filter((path) => path !== script).sort()
    .map((path) => `<link rel="modulepreload" href="${path}">\n`).join("");
  const html = readFileSync(join(sources, "index.html"), "utf8")
    .replace("{icon}", icon).replace("{style}", style).replace("{others}", others).replace("{preloads}\n", preloads).replace("{script}", script);
  return Buffer.from(html);
}

// --- licences ---------------------------------------------------------------------------------------------------------

// Every package of the lock but those of one platform alone, which are parts of the one that asks for them.
function lockedPackages() {
  const { packages: locked } = JSON.parse(readFileSync(join(sources, "package-lock.json"), "utf8"));
  return Object.entries(locked).filter(([path, entry]) => path !== "" && !entry.optional)
    .map(([path, entry]) => ({ path, name: path.slice("node_modules/".length), ...entry }));
}

function licences() {
  const locked = lockedPackages();
  const inPage = locked.filter((entry) => !entry.dev);
  const builders = locked.filter((entry) => entry.dev);
  const lines = (entries) => entries.map(({ name, version, license }) => `  ${name} ${version} (${license})`).join("\n");
  const texts = inPage.map((entry) => `${"-".repeat(80)}\n${entry.name} ${entry.version}\n\n${licenceText(entry)}\n`);
  return Buffer.from(`simsync's console contains:\n${lines(inPage)}\n\nIt was built with, and contains nothing of:\n${
    lines(builders)}\n\n${texts.join("\n")}`);
}

function licenceText({ path, name }) {
  const folder = join(packages, path);
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.md|\.txt)?$/i.test(each));
  if (!file) fail(`${name} ships no licence text.`, `look into ${folder}, and say in build.mjs where it is.`);
  return readFileSync(join(folder, file), "utf8").trim();
}

// Paragraphs of Debian's machine-readable copyright file, to go behind ours.
function debianCopyright() {
  const paragraph = (entry) => {
    const text = licenceText(entry);
    const holders = text.split("\n").map((line) => line.trim()).filter((line) => /^copyright\b/i.test(line)).map((line) => line.replace(/^copyright( \(c\))?\s*/i, ""));
    const lines = text.split("\n").map((line) => ` ${line.trim() === "" ? "." : line.trimEnd()}`).join("\n");
    return `\nFiles: ${entry.path.replace("node_modules", "src/console/node_modules")}/*\nCopyright: ${holders.join("\n ")}\nLicense: ${debianName(entry.license)}\n${lines}\n`;
  };
  return lockedPackages().filter((entry) => !entry.dev).map(paragraph).join("");
}

function debianName(licence) {
  return licence === "MIT" ? "Expat" : licence;
}

// --- packing and writing ----------------------------------------------------------------------------------------------

function packAll(files) {
  const sizes = new Map();
  for (const [path, bytes] of [...files]) {
    const gz = gzip(bytes);
    const br = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    files.set(`${path}.gz`, gz).set(`${path}.br`, br);
    sizes.set(path, { plain: bytes.length, gz: gz.length, br: br.length, first: files.first.has(path) });
  }
  return sizes;
}

function gzip(bytes) {
  const { status, stdout, error } = spawnSync("gzip", ["-9n", "-c"], { input: bytes, maxBuffer: 1 << 26 });
  if (error || status !== 0) fail("gzip could not be run.", "apt-get install gzip");
  return stdout;
}

// Beside the folder first, so that whoever reads it finds the last one or this one, never half of one.
function write(files) {
  const fresh = `${output}.new`;
  rmSync(fresh, { force: true, recursive: true });
  mkdirSync(join(fresh, "assets"), { recursive: true });
  for (const [path, bytes] of files) writeFileSync(join(fresh, path), bytes);
  writeFileSync(join(fresh, "copyright"), debianCopyright());
  rmSync(output, { force: true, recursive: true });
  renameSync(fresh, output);
}

function report(sizes) {
  const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const total = { first: 0, all: 0, br: 0 };
  for (const [path, { gz, br, first }] of sizes) {
    if (path.endsWith(".txt")) continue;
    total.all += gz;
    total.br += br;
    if (first) total.first += gz;
    console.log(`${path.padEnd(34)} ${kilo(gz).padStart(8)} gz ${kilo(br).padStart(8)} br${first ? "  first view" : ""}`);
  }
  console.log(`first view ${kilo(total.first)} of ${kilo(budget.firstView)}, all ${kilo(total.all)} of ${kilo(budget.all)} (br ${kilo(total.br)})`);
  if (total.first > budget.firstView || total.all > budget.all)
    fail("the page is larger than its budget.", "load what the first view does not need with its page: import().");
}

await main();
