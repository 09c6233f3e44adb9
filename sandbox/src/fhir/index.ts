// The facade's door.

export { DEFAULT_BUILD, servesType } from './build.ts'
export { facade } from './facade.ts'
export { COMBINATIONS, type Combination, TYPES } from './tables.ts'
