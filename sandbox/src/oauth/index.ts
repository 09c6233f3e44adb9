// The authorization server's door: apps and tokens, people and their consents, the endpoints, and what
// a scope allows.

export { type Apps, createApps, type Token } from './apps.ts'
export { type Checker, createChecker } from './assertion.ts'
export { authorizeFields } from './authorize.ts'
export { createKeyFinder } from './keys.ts'
export { createPeople, type People } from './people.ts'
export { appRoutes, type OperatorAnswer } from './routes.ts'
export { type Allowance, type Coverage, coverageOf, PUBLISHED_SCOPES } from './scopes.ts'
export { formOf, practicesOf, smartConfiguration, token } from './server.ts'
