// The ledger room's door.

export {
  accessInsert,
  accessValues,
  appendAccess,
  appendAccesses,
  createLedger,
  type Ledger,
  type ListedEvent,
} from './store.ts'
export type { AccessEvent } from './types.ts'
