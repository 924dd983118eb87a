// Without a mouse.
import assert from 'node:assert/strict'

// What has the focus, and whether one sees that.
async function focused(profile) {
  const at = await look(profile.page)
  if (at.isBody || (at.seen && at.inSight)) return at
  await profile.drawn()
  return look(profile.page)
}

function look(page) {
  return page.evaluate(() => {
    const element = document.activeElement
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    const { top, bottom, width, height } = element.getBoundingClientRect()
    return {
      name: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40)}`,
      isBody: element === document.body,
      seen: (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none',
      inSight: bottom > 0 && top < innerHeight && width > 0 && height > 0
    }
  })
}

// What one could press and the tab key never came to, but for short cuts of the mouse (tabindex -1). Of radio buttons it comes to one, the arrows to the others.
function unreached(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(each =>
      !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }) && each.type !== 'radio' && !globalThis.reached.has(each))
      .map(each => each.outerHTML.slice(0, 160)))
}

export function keyboard(stage) {
  stage.scene('the tab key reaches everything, and shows where one is', {}, async profile => {
    const { page } = profile
    for (const hash of ['#/', '#/sims?state=low', '#/events']) {
      await profile.go(hash)
      await profile.paused()
      await page.evaluate(() => {
        globalThis.reached = new Set()
        document.addEventListener('focusin', ({ target }) => globalThis.reached.add(target))
      })
      for (let rounds = 0; rounds < 2;) { // the first begins somewhere
        await page.keyboard.press('Tab')
        const at = await focused(profile)
        if (at.isBody) {
          rounds += 1
          continue
        }
        assert.ok(at.seen, `${hash}: nothing shows that ${at.name} has the focus`)
        assert.ok(at.inSight, `${hash}: ${at.name} has the focus out of sight`)
      }
      assert.deepEqual(await unreached(page), [], hash)
    }
  })

  stage.scene('from the first page to a SIM and back by keys alone', {}, async profile => {
    const { page, bed } = profile
    await profile.go('#/')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter') // "Skip to the page"
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.waitForURL(/#\/sims/)
    await profile.settled()
    const [first, second] = await profile.ids()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: second }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    await page.waitForURL(/#\/events/)
    await profile.settled()
    await page.keyboard.press('?')
    await page.waitForURL(/#\/help/)
    await profile.settled()
    for (const [key, where] of [['w', 'sweeps'], ['o', '']]) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await page.waitForURL(url => url.hash === `#/${where}`)
    }
    assert.ok(first !== second)
  })

  stage.scene('c copies the ICCID of the row', { permissions: ['clipboard-read', 'clipboard-write'] }, async profile => {
    const { page, bed } = profile
    await profile.go('#/sims?q=10002345')
    await profile.rows(1)
    await page.keyboard.press('j')
    await page.keyboard.press('c')
    await page.getByRole('status').filter({ hasText: /copied/ }).waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
      await bed.sql("select iccid_plastic from simsync.sim where id = '10002345'"))
  })
}
