// The faults' door.

export { createFaults, type Drawn, type FaultFacts, parseRule, presetFaults } from './faults.ts'
