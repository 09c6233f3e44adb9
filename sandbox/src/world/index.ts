// The world's only door: what is true in the practices. It shows nothing of how the vendor answers.

export { patientOf } from './store.ts'
export type {
  Cause,
  DelayRange,
  Edition,
  LedgerEntry,
  LivingPractice,
  LoadedPractice,
  LoadProblem,
  PracticeView,
  RecordKey,
  Version,
  World,
  WorldOptions,
} from './types.ts'
export { EDITIONS } from './types.ts'
export { createWorld } from './world.ts'
