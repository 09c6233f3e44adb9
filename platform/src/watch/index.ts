// The watch room's door: how the installation is, as numbers, and who is woken when it is not well.

export type { Condition, WatchSettings } from './conditions.ts'
export { type Look, type LookPorts, look } from './look.ts'
export { commandPager, type Notice, type Pager, webPager } from './pager.ts'
export { type Sample, samplesOf } from './samples.ts'
export { createWatch, type Watch } from './watch.ts'
