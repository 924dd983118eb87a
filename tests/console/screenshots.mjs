// Pictures of every page in both schemes: node screenshots.mjs URL SIM FOLDER (./dev screenshots). SIM is one of account
// demo with a story to tell. The picture for the README is readme.png.
import { mkdir, rm } from 'node:fs/promises'
import { launch } from './chromium.mjs'

const [url, sim, folder] = process.argv.slice(2)

const pages = {
  overview: '#/',
  sims: '#/sims',
  'sims-low': '#/sims?state=low&sort=balance',
  'sims-nothing': '#/sims?q=no+such+sim',
  sim: `#/sim/demo/${sim}`,
  'sim-unknown': '#/sim/demo/99999999',
  events: '#/events',
  'events-warnings': '#/events?severity=warning,critical',
  sweeps: '#/sweeps',
  removals: '#/removals/demo',
  help: '#/help'
}

// What is loading is no picture; charts come in a script of their own.
async function settle(page) {
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy=true], .skeleton') === null)
  await page.evaluate(() => document.fonts.ready)
}

// The whole page, but of a long list its beginning.
const highest = 1600

async function picture(page, hash, path) {
  await page.goto(`${url}/${hash}`)
  await settle(page)
  const { width, height } = page.viewportSize()
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  const clip = { x: 0, y: 0, width, height: Math.max(height, Math.min(whole, highest)) }
  await page.screenshot({ path: `${folder}/${path}.png`, fullPage: true, clip, animations: 'disabled' })
}

async function eachPage(browser, colorScheme, size, suffix) {
  const context = await browser.newContext({
    colorScheme, viewport: size, timezoneId: 'Europe/Tallinn', locale: 'en-GB', reducedMotion: 'reduce'
  })
  const page = await context.newPage()
  for (const [name, hash] of Object.entries(pages)) await picture(page, hash, `${name}-${suffix}`)
  await context.close()
}

// What opens the README: the first page, as wide as people read there.
async function opening(browser) {
  const context = await browser.newContext({
    colorScheme: 'light', viewport: { width: 1200, height: 760 }, timezoneId: 'Europe/Tallinn', locale: 'en-GB', reducedMotion: 'reduce'
  })
  const page = await context.newPage()
  await page.goto(`${url}/#/`)
  await settle(page)
  await page.screenshot({ path: `${folder}/readme.png`, animations: 'disabled' })
  await context.close()
}

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const browser = await launch()
try {
  for (const scheme of ['light', 'dark']) {
    await eachPage(browser, scheme, { width: 1280, height: 800 }, scheme)
    await eachPage(browser, scheme, { width: 360, height: 740 }, `${scheme}-narrow`)
  }
  await opening(browser)
} finally {
  await browser.close()
}
