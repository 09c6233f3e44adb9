// The database room's door.

export { attachEmbedded } from './attach.ts'
export { openDatabase, openEraser } from './database.ts'
export { type Dump, openDump, type Shape, type TableShape } from './dump.ts'
export { type Embedded, startEmbedded } from './embedded.ts'
export { type Load, openLoad } from './load.ts'
export { migrate } from './migrate.ts'
export type { Database, Row, SystemTx, TenantTx } from './types.ts'
