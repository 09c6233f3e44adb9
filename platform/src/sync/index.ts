// The door of sync: what to ask next at a practice, and how far that has come.

export type { Finding, SyncPhase, SyncProblem, SyncProgress, SyncView } from './types.ts'
