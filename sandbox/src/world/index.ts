// The world's only door: what is true in the practices. It shows nothing of how the vendor answers.

export type {
  Cause,
  LedgerEntry,
  LivingPractice,
  LoadedPractice,
  LoadProblem,
  PracticeView,
  Version,
  World,
  WorldOptions,
} from './types.ts'
export { createWorld } from './world.ts'
