// The facade's door.

export { DEFAULT_BUILD } from './build.ts'
export { facade } from './facade.ts'
export { COMBINATIONS, type Combination, TYPES } from './tables.ts'
