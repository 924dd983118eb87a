// A mirror that is being filled.
import assert from 'node:assert/strict'

export function beforeTheFirstSweep(stage) {
  stage.scene('the first sweep is under way: empty pages say so, and fill by themselves', {}, async profile => {
    const { page, bed } = profile
    try {
      // One of those that the sweep has not come to.
      await profile.go('#/sims?account=main&q=10004711')
      await page.getByText(/first sweep of main is under way/i).waitFor()
      // One more where the laying out came before the first page.
      await page.getByText(/\d of about 5,00[01] SIMs read so far/).waitFor()
      assert.deepEqual(await profile.barriers(), [])
    } finally {
      await bed.letSweeps() // or every other scene fails with this one
    }
    await profile.row('10004711').waitFor({ timeout: 20_000 })
    await bed.until("select exists (select from simsync.sweep where account = 'main' and outcome = 'complete')")
  })
}
