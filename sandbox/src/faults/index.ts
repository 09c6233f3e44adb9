// The faults' door.

export { drifted } from './drift.ts'
export {
  createFaults,
  type Drawn,
  type FaultFacts,
  type Faults,
} from './faults.ts'
export {
  ANSWER_FAULTS,
  BODY_FAULTS,
  FAULT_KINDS,
  type FaultKind,
  isAnswerFault,
  isBodyFault,
  PRESETS,
  type Preset,
  RETRY_AFTERS,
  type RetryAfter,
  STATE_FAULTS,
  WIRE_FAULTS,
} from './kinds.ts'
export { parseRule, presetFaults } from './rules.ts'
export { answerInstead, retryAfterOf, spoiled } from './spoil.ts'
export type { Conditions } from './weather.ts'
