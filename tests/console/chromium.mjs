// Debian's Chromium, as every script here starts it.
import { chromium } from 'playwright-core'

// As root there is no sandbox, in a container little shared memory; and nothing calls home.
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
  '--disable-component-update', '--disable-default-apps', '--disable-sync', '--no-first-run', '--no-default-browser-check'
]

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: flags })
}
