// The database room's door.

export { openDatabase } from './database.ts'
export { type Embedded, startEmbedded } from './embedded.ts'
export { migrate } from './migrate.ts'
export type { Database, Row, SystemTx, TenantTx } from './types.ts'
