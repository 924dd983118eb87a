// All pages but the first, and the keyboard: one file for the browser, which packs better than seven.
export { startKeys } from "../keys.ts";
export { Events } from "./events.tsx";
export { OverviewMore } from "./overview_more.tsx";
export { AccountSelect, ManyAccounts } from "./many_accounts.tsx";
export { Help } from "./help.tsx";
export { Removals } from "./removals.tsx";
export { SimPage } from "./sim.tsx";
export { Sims } from "./sims.tsx";
export { Sweeps } from "./sweeps.tsx";
