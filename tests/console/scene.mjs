// A scene is a test: a fresh profile opens the console, something happens, and the browser has had nothing to complain
// of: no violation of the content security policy, no console error, no error of the page.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { launch } from './chromium.mjs'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const pictures = 'failed'

// In the page before anything else: what the policy stops is told by an event, also where the console keeps silent.
function watchPolicy() {
  globalThis.violations = []
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
    globalThis.violations.push(`${violatedDirective} ${blockedURI} ${sample}`))
}

export class Stage {
  constructor(bed, browser) {
    this.bed = bed
    this.browser = browser
  }

  static async open(bed) {
    return new Stage(bed, await launch())
  }

  close() { return this.browser.close() }

  // `tolerated`: console errors that belong to the scene, as where the database is away.
  scene(name, options, act) {
    test(name, async () => {
      const profile = await Profile.open(this, options)
      try {
        await act(profile)
        assert.deepEqual(await profile.complaints(), [], 'the browser complained')
      } catch (error) {
        await profile.picture(name)
        throw error
      } finally {
        await profile.close()
      }
    })
  }
}

// A browser profile with nothing kept from others, and the page that it shows.
class Profile {
  static async open(stage, { tolerated = [], width = 1280, height = 800, ...settings } = {}) {
    const context = await stage.browser.newContext({
      viewport: { width, height }, timezoneId: 'Europe/Tallinn', locale: 'en-GB', colorScheme: 'light',
      reducedMotion: 'reduce', ...settings
    })
    context.setDefaultTimeout(10_000)
    await context.addInitScript(watchPolicy)
    await context.addInitScript({ path: axe })
    return new Profile(stage, context, await context.newPage(), tolerated)
  }

  #told = []

  constructor(stage, context, page, tolerated) {
    this.stage = stage
    this.bed = stage.bed
    this.context = context
    this.page = page
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) this.#complain(`console: ${message.text()}`, tolerated)
    })
    page.on('pageerror', error => this.#complain(`page: ${error.stack ?? error}`, tolerated))
    page.on('dialog', dialog => {
      this.#complain(`dialog: ${dialog.message()}`, tolerated)
      dialog.dismiss()
    })
  }

  #complain(text, tolerated) {
    if (!tolerated.some(pattern => pattern.test(text))) this.#told.push(text)
  }

  async complaints() {
    return [...this.#told, ...await this.page.evaluate(() => globalThis.violations ?? [])]
  }

  // Another profile that shows the same address, as a colleague's does.
  colleague() { return Profile.open(this.stage) }

  close() { return this.context.close() }

  // Opens `#/…` and waits until its data is there.
  async go(hash) {
    await this.page.goto(`${this.bed.url}/${hash}`)
    await this.settled()
  }

  // A page is settled when it has its heading and no part of it waits for an answer.
  async settled() {
    await this.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
    await this.page.waitForFunction(() => document.querySelector('[aria-busy=true], .skeleton') === null)
  }

  // Nothing changes by itself from now on: what is being loaded is dimmed.
  async paused() {
    const pause = this.page.getByRole('button', { name: /^Pause/ }).first()
    if (await pause.isVisible()) await pause.click()
    await this.page.waitForFunction(() => document.querySelector('.loading') === null)
    await this.drawn()
  }

  // Until two frames are through: transitions take one, also for those who want none.
  drawn() {
    return this.page.evaluate(() => new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(seen))))
  }

  async goOn() {
    const goOn = this.page.getByRole('button', { name: /go on/i }).first()
    if (await goOn.isVisible()) await goOn.click()
  }

  // What axe finds wrong, in words. Of a long list the beginning is enough.
  async barriers() {
    await this.paused()
    const found = await this.page.evaluate(() => globalThis.axe.run({ exclude: ['tbody tr:nth-child(n + 12)'] }, {
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    }))
    await this.goOn()
    return found.violations.map(({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.slice(0, 3).map(node => `${node.html} (${node.any.map(({ message }) => message).join('; ')})`).join(' | ')}`)
  }

  // By how many pixels one would have to scroll sideways.
  overflow() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  }

  // What makes it so wide, for people.
  widest() {
    return this.page.evaluate(() => {
      const width = document.documentElement.clientWidth
      return [...document.querySelectorAll('main *, header *, footer *')]
        .filter(each => each.getBoundingClientRect().right > width + 0.5 && !each.closest('.table'))
        .slice(0, 3).map(each => each.outerHTML.slice(0, 120)).join(' | ')
    })
  }

  // --- a list of SIMs

  row(id) {
    return this.page.locator('tr[data-row]').filter({ has: this.page.getByRole('link', { name: id, exact: true }) })
  }

  // Until there are so many rows.
  rows(count) {
    return this.page.waitForFunction(count =>
      document.querySelectorAll('tr[data-row]').length === count && !document.querySelector('[aria-busy=true], .skeleton'), count)
  }

  // Of the rows in their order.
  ids() {
    return this.page.locator('tr[data-row]').evaluateAll(rows => rows.map(row => row.querySelector('a').textContent))
  }

  // Until the address is this one, and the list these SIMs.
  async shows(address, ids) {
    await this.page.waitForURL(address)
    await this.page.waitForFunction(ids =>
      [...document.querySelectorAll('tr[data-row]')].map(row => row.querySelector('a').textContent).join() === ids, ids.join())
  }

  async picture(name) {
    mkdirSync(pictures, { recursive: true })
    const path = `${pictures}/${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`
    await this.page.screenshot({ path, fullPage: true }).then(
      () => console.error(`what it looked like: ${process.cwd()}/${path}`),
      error => console.error(`no picture of it: ${error.message}`))
  }
}
