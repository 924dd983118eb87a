// What happens while one looks.
import assert from 'node:assert/strict'

const withinThreeSeconds = { timeout: 3000 }

function eventOf(page, id, kind) {
  return page.getByRole('main').locator('tr[data-row]').filter({ hasText: kind }).filter({ hasText: id }).first()
}

function rows(page) {
  return page.locator('tr[data-row]').allTextContents()
}

export function live(stage) {
  stage.scene('a blocked SIM is on screen within three seconds', {}, async profile => {
    const { page, bed } = profile
    await profile.go('#/events')
    await page.getByRole('button', { name: /live/ }).waitFor()
    await bed.simsync('sim', 'block', '10000200')
    await eventOf(page, '10000200', 'sim.blocked').waitFor(withinThreeSeconds)
    assert.deepEqual(await profile.barriers(), [])
  })

  stage.scene("a SIM's page follows its SIM", {}, async profile => {
    const { page, bed } = profile
    await profile.go('#/sim/main/10000201')
    await page.getByRole('button', { name: /live/ }).waitFor()
    await bed.simsync('sim', 'block', '10000201')
    await page.getByText(/blocked since/i).first().waitFor(withinThreeSeconds)
    await page.getByText(/blocked since \d\d:\d\d by ./i).first().waitFor(withinThreeSeconds)
    await page.getByRole('table', { name: /^Actions of this SIM/ }).getByRole('row').filter({ hasText: 'confirmed' }).first().waitFor(withinThreeSeconds)
  })

  stage.scene('pause means pause', {}, async profile => {
    const { page, bed } = profile
    const colleague = await profile.colleague()
    try {
      await colleague.go('#/events')
      await profile.go('#/events')
      await page.getByRole('button', { name: /live/ }).waitFor()
      await page.keyboard.press('p')
      await page.getByRole('button', { name: /go on/i }).first().waitFor()
      const seen = await rows(page)
      await bed.simsync('sim', 'block', '10000202')
      await eventOf(colleague.page, '10000202', 'sim.blocked').waitFor()
      // Coming back to the tab is no reason to begin again.
      await page.evaluate(() => { for (const kind of ['focus', 'visibilitychange', 'online']) window.dispatchEvent(new Event(kind)) })
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
      await bed.until("select count(*) > 1 from simsync.sweep where outcome = 'complete' and started_at > now() - interval '3 s'")
      assert.deepEqual(await rows(page), seen)

      await page.keyboard.press('p')
      await eventOf(page, '10000202', 'sim.blocked').waitFor()
    } finally {
      await colleague.close()
    }
  })

  stage.scene('times in the zone of the browser, or in UTC, and it is remembered', {}, async profile => {
    const { page, bed } = profile
    const at = zone => bed.sql(`select to_char(first_seen_at at time zone '${zone}', 'YYYY-MM-DD HH24:MI:SS') from simsync.sim where id = '10000300'`)
    const shown = async text => assert.ok((await page.locator('time').evaluateAll(all => all.map(time => `${time.textContent} ${time.title}`).join('\n'))).includes(text), text)
    await profile.go('#/sim/main/10000300')
    await shown(await at('Europe/Tallinn'))
    await page.getByLabel('Times in').selectOption('UTC')
    await shown(await at('UTC'))
    await page.reload()
    await profile.settled()
    await shown(await at('UTC'))
  })
}
