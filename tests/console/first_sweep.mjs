// A mirror that is being filled.
import assert from 'node:assert/strict'

export function beforeTheFirstSweep(stage) {
  stage.scene('the first sweep is under way: empty pages say so, and fill by themselves', {}, async profile => {
    const { page, bed } = profile
    // One of those that the sweep has not come to.
    await profile.go('#/sims?account=main&q=10004711')
    await page.getByText(/first sweep of main is under way/i).waitFor()
    await page.getByText(/\d of about 5,000 SIMs read so far/).waitFor()
    assert.deepEqual(await profile.barriers(), [])

    await bed.letSweeps()
    await profile.row('10004711').waitFor({ timeout: 20_000 })
    await bed.until("select exists (select from simsync.sweep where account = 'main' and outcome = 'complete')")
  })
}
