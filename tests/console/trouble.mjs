// What a person sees when something is wrong, and that it passes.
import assert from 'node:assert/strict'

// The browser tells of each answer that is not well, or that does not come.
const failures = [/Failed to load resource/, /net::ERR/, /EventSource/]

export function trouble(stage) {
  stage.scene('an account that is degraded stands above every page', {}, async profile => {
    const { page, bed } = profile
    await bed.until("select degraded_since is not null from simsync.account where account = 'backup'")
    for (const hash of ['#/', '#/sims', '#/events', '#/sweeps']) {
      await profile.go(hash)
      await page.getByText(/backup: no (complete )?sweep/i).first().waitFor()
    }
    assert.deepEqual(await profile.barriers(), [])
  })

  stage.scene('held removals: told on the first page, listed, and the command that decides', {}, async profile => {
    const { page, bed } = profile
    const ids = await bed.json("select json_agg(id) from (select id from simsync.sim where account = 'main' and id > '10003000' order by id limit 400) s")
    await bed.forget(ids)
    await bed.until("select held_removals = 400 from simsync.account where account = 'main'")
    await profile.go('#/')
    await page.getByText(/400 removals of main are held/).first().waitFor()
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: /^Removals/ }).click()
    await profile.settled()
    await page.getByText('simsync removals accept --account main').first().waitFor()
    await page.getByText(ids[0]).first().waitFor()
    await page.getByText('simsync removals --account main --json').first().waitFor()
    assert.deepEqual(await profile.barriers(), [])
    await page.getByRole('link', { name: ids[0], exact: true }).click()
    await page.getByText(/missing in the partner's list since .*its removal is held/i).first().waitFor()
    assert.deepEqual(await profile.barriers(), [])
    await page.getByRole('main').getByRole('link', { name: 'Removals' }).click()
    await profile.rows(1)
    await profile.go('#/removals/main')
    await bed.recall()
    await bed.until("select held_removals = 0 from simsync.account where account = 'main'")
    await page.getByText(/nothing is held for main/i).first().waitFor()
  })

  stage.scene('the database is away: what was seen stays, why is said, and it passes', { tolerated: failures }, async profile => {
    const { page, bed } = profile
    await profile.go('#/sims?state=blocked')
    const seen = await profile.ids()
    assert.ok(seen.length > 0)
    await bed.stopDatabase()
    await page.getByRole('alert').filter({ hasText: /HINT/ }).first().waitFor({ timeout: 20_000 })
    assert.deepEqual(await profile.ids(), seen)
    assert.deepEqual(await profile.barriers(), [])
    await page.getByRole('button', { name: /^no data/ }).waitFor({ timeout: 20_000 })
    assert.equal(await page.getByRole('alert').count(), 1)

    // Of what cannot be answered no other rows are shown.
    await page.keyboard.press('/')
    await page.keyboard.type('10000')
    await page.getByText(/no answer to this yet/).waitFor({ timeout: 20_000 })
    assert.deepEqual(await profile.ids(), [])
    await page.goBack()
    await profile.shows(`${bed.url}/#/sims?state=blocked`, seen)

    await bed.startDatabase()
    await page.waitForFunction(() => document.querySelector('[role=alert]') === null, null, { timeout: 20_000 })
    assert.deepEqual(await profile.ids(), seen)
  })

  stage.scene('the daemon is away: a banner, and it passes without a reload', { tolerated: failures }, async profile => {
    const { page, bed } = profile
    await profile.go('#/events')
    await page.getByRole('button', { name: /live/ }).waitFor()
    await bed.stopDaemon()
    await page.getByRole('alert').filter({ hasText: /simsync does not answer/ }).waitFor()
    assert.deepEqual(await profile.barriers(), [])

    await bed.startDaemon()
    await page.getByRole('alert').filter({ hasText: /simsync does not answer/ }).waitFor({ state: 'hidden', timeout: 20_000 })
    await bed.simsync('sim', 'block', '10000203')
    await page.locator('tr[data-row]').filter({ hasText: '10000203' }).first().waitFor()
  })
}
