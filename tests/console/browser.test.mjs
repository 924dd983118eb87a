// The console in a real browser, on a real `simsync run` with 5,000 SIMs, some with texts that mean harm. One bed and one
// browser serve all scenes, in this order: the first sees a mirror that fills, the last ones stop what it stands on.
import { after } from 'node:test'
import { Bed } from './bed.mjs'
import { Stage } from './scene.mjs'
import { beforeTheFirstSweep } from './first_sweep.mjs'
import { hostileTexts, layOut } from './hostile.mjs'
import { everyPage } from './every_page.mjs'
import { keyboard } from './keyboard.mjs'
import { finding } from './finding.mjs'
import { live } from './live.mjs'
import { trouble } from './trouble.mjs'

const bed = await Bed.start(process.env.SIMSYNC_CONSOLE_BED)
after(() => bed.end())
await layOut(bed)
const stage = await Stage.open(bed)
after(() => stage.close())

for (const scenes of [beforeTheFirstSweep, everyPage, keyboard, hostileTexts, finding, live, trouble]) scenes(stage)
