// The people room's door: who may see what of the charts.

export { isRestricted, type Seen, seesType, visibleContent } from './access.ts'
