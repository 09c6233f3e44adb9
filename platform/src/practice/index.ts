// The practice room's door.

export { createPractices } from './practices.ts'
export type { KeyScope, NewPractice, Practice, Practices, Principal } from './types.ts'
