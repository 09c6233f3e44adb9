// The practice room's door.

export { prepareFirstUse } from './first-use.ts'
export { createPracticeHolds } from './holds/index.ts'
export { createPractices } from './practices.ts'
export { ShortMemory } from './short-memory.ts'
export type { Hold, KeyScope, NewPractice, Practice, Practices } from './types.ts'
