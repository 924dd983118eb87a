// A person looks for a SIM, narrows a list down, keeps it, and hands it on.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { readCsv } from './csv.mjs'

export function finding(stage) {
  stage.scene('the end of an ICCID finds its SIM, and Enter opens it', {}, async profile => {
    const { page, bed } = profile
    const [id, iccid] = await bed.json("select json_build_array(id, iccid_plastic) from simsync.sim where id = '10002345'")
    await profile.go('#/sims')
    await page.keyboard.press('/')
    await page.keyboard.type(iccid.slice(-7))
    await page.waitForURL(url => url.hash.includes(iccid.slice(-7)))
    await profile.rows(1)
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await profile.settled()
    await page.getByRole('heading', { level: 1, name: id }).waitFor()
    await page.getByText(iccid).first().waitFor()
  })

  stage.scene('/ finds a SIM from every page, and a row says where what is not shown was found', {}, async profile => {
    const { page, bed } = profile
    const [id, imei] = await bed.json("select json_build_array(id, imei) from simsync.sim where id = '10002345'")
    for (const hash of ['#/', '#/events', '#/sweeps', '#/help', '#/sim/main/10000300']) {
      await profile.go(hash)
      await page.keyboard.press('/')
      await page.keyboard.type(imei)
      await page.waitForURL(url => url.hash === `#/sims?q=${imei}`)
      await profile.rows(1)
    }
    await profile.row(id).getByText(`IMEI ${imei}`).waitFor()
    assert.equal(await profile.row(id).locator('mark').textContent(), imei)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: id }).waitFor()
  })

  stage.scene('back, forward and reload keep the view', {}, async profile => {
    const { page } = profile
    await profile.go('#/sims')
    await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: /^Balance low/ }).click()
    await page.waitForURL(/state=low/)
    await profile.settled()
    await page.getByRole('columnheader', { name: /^Balance/ }).getByRole('button').click()
    await page.waitForURL(/sort=balance/)
    await profile.settled()
    const [address, seen] = [page.url(), await profile.ids()]
    assert.ok(seen.length > 10)

    await profile.row(seen[3]).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: seen[3] }).waitFor()
    await page.goBack()
    await profile.shows(address, seen)
    await page.goForward()
    await page.getByRole('heading', { level: 1, name: seen[3] }).waitFor()
    await page.goBack()
    await page.reload()
    await profile.shows(address, seen)
    await page.goBack() // what was chosen is undone one by one
    await page.waitForURL(url => !url.hash.includes('sort='))
  })

  stage.scene('the next page and back again', {}, async profile => {
    const { page, bed } = profile
    await profile.go('#/sims')
    const ids = await bed.json("select json_agg(id) from (select id from simsync.sim_current order by account, id limit 100) s")
    await profile.shows(page.url(), ids.slice(0, 50))
    const first = page.url()
    await page.keyboard.press(']')
    await page.waitForURL(url => url.href !== first)
    await profile.shows(page.url(), ids.slice(50, 100))
    await page.reload()
    await profile.shows(page.url(), ids.slice(50, 100))
    await page.keyboard.press('[')
    await profile.shows(first, ids.slice(0, 50))
  })

  stage.scene("a link shows a colleague the same", {}, async profile => {
    await profile.go('#/sims?state=ended&sort=-balance&tariff=Package%20500')
    const seen = await profile.ids()
    assert.ok(seen.length > 0)
    const colleague = await profile.colleague()
    try {
      await colleague.go(new URL(profile.page.url()).hash)
      assert.deepEqual(await colleague.ids(), seen)
      assert.deepEqual(await colleague.complaints(), [])
    } finally {
      await colleague.close()
    }
  })

  stage.scene('a saved view is there again after a reload', {}, async profile => {
    const { page } = profile
    await profile.go('#/sims?state=blocked&sort=-balance')
    const [address, seen] = [page.url(), await profile.ids()]
    await page.getByText('Views', { exact: true }).click()
    await page.getByLabel('Name of the view').fill('Blocked, the rich first')
    await page.getByRole('button', { name: 'Save view' }).click()
    await profile.go('#/sims')
    await page.reload()
    await profile.settled()
    await page.getByText('Views', { exact: true }).click()
    await page.getByText('Blocked, the rich first', { exact: true }).click()
    await profile.shows(address, seen)
  })

  stage.scene('CSV holds what SQL holds', {}, async profile => {
    const { page, bed } = profile
    await profile.go('#/sims?sort=balance')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /CSV/ }).click()])
    const [head, ...rows] = readCsv(await readFile(await download.path(), 'utf8'))
    const records = await bed.json('select json_agg(s order by balance, account, id) from simsync.sim_current s')
    assert.equal(rows.length, records.length)
    for (const [at, row] of rows.entries())
      for (const [column, name] of head.entries())
        assert.equal(row[column], asCsvShows(records[at][name], name), `${name} of ${records[at].id}`)
  })

  stage.scene('a SIM that nobody knows, and one that has gone', { tolerated: [/status of 404/] }, async profile => {
    const { page, bed } = profile
    await profile.go('#/sim/main/99999999')
    await page.getByText(/has no SIM 99999999, and never had/).first().waitFor()

    await bed.forget(['10004999'])
    await bed.until("select removed_at is not null from simsync.sim where id = '10004999'")
    await profile.go('#/sim/main/10004999')
    await page.getByText(/removed/i).first().waitFor()
    await profile.go('#/sims?q=10004999')
    await page.getByRole('main').getByRole('link', { name: '10004999', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '10004999' }).waitFor()
    await bed.recall()
  })
}

const texts = new Set(['sim_id', 'tariff_name', 'tariff_type', 'profile', 'description', 'imei', 'id', 'iccid_plastic'])

// As a file for spreadsheets has it: no formulas, nothing for null.
function asCsvShows(value, name) {
  if (value === null || value === undefined) return ''
  if (/^\d{4}-\d\d-\d\dT.*\+00:00$/.test(value)) return value.replace('+00:00', 'Z')
  if (Array.isArray(value)) return guarded(value.join(' '))
  return texts.has(name) ? guarded(value) : String(value)
}

function guarded(text) {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
