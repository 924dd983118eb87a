// Whatever page, whatever scheme: no barrier, no sideways scrolling on a narrow screen, and a print that can be read.
import assert from 'node:assert/strict'

// One of each; a SIM with something to say is found when the scenes run.
async function pages(bed) {
  const sim = await bed.sql("select id from simsync.balance_low where account = 'main' order by id limit 1")
  return {
    overview: '#/',
    sims: '#/sims',
    'low SIMs by balance': '#/sims?state=low&sort=balance',
    'no SIM at all': '#/sims?q=no+such+sim',
    'hostile SIMs': '#/sims?q=100001',
    sim: `#/sim/main/${sim}`,
    'hostile SIM': '#/sim/main/10000101',
    'unknown SIM': '#/sim/main/99999999',
    events: '#/events',
    'filtered events': '#/events?severity=warning,critical&kind=balance.low',
    sweeps: '#/sweeps',
    'sweeps of one account': '#/sweeps?account=main',
    removals: '#/removals/main',
    help: '#/help',
    'no such page': '#/nothing/here'
  }
}

// The browser tells of every answer that is not well, and a SIM that nobody knows is one.
const notFound = [/status of 404/]

export function everyPage(stage) {
  for (const colorScheme of ['light', 'dark'])
    stage.scene(`every page, ${colorScheme}: axe finds no barrier`, { colorScheme, tolerated: notFound }, async profile => {
      const found = {}
      for (const [name, hash] of Object.entries(await pages(profile.bed))) {
        await profile.go(hash)
        const barriers = await profile.barriers()
        if (barriers.length > 0) found[name] = barriers
      }
      assert.deepEqual(found, {})
    })

  stage.scene('every page, 320 px wide: nothing is to be scrolled sideways', { width: 320, tolerated: notFound }, async profile => {
    const found = {}
    for (const [name, hash] of Object.entries(await pages(profile.bed))) {
      await profile.go(hash)
      const pixels = await profile.overflow()
      if (pixels > 0) found[name] = `${pixels} px too wide: ${await profile.widest()}`
    }
    assert.deepEqual(found, {})
  })

  stage.scene('print: the page without what one presses', { colorScheme: 'dark' }, async profile => {
    const { page } = profile
    await profile.go('#/sims')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await page.waitForFunction(() => {
      // 0 … 1 of rgb(…); nothing painted is paper.
      const lightness = colour => {
        const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number)
        return alpha === 0 ? 1 : (red + green + blue) / 765
      }
      return lightness(getComputedStyle(document.documentElement).backgroundColor) > 0.9 &&
        lightness(getComputedStyle(document.querySelector('td')).color) < 0.4
    })
    assert.equal(await page.getByRole('navigation', { name: 'Pages' }).isVisible(), false)
    assert.equal(await page.getByRole('table').first().isVisible(), true)
  })
}
