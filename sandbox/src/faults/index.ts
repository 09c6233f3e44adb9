// The faults' door.

export {
  createFaults,
  type Drawn,
  type FaultFacts,
  type Faults,
  parseRule,
  presetFaults,
} from './faults.ts'
