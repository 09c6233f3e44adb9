// The authorization server's door: apps and tokens, the endpoints, and what a scope allows.

export { type Apps, createApps, type Token } from './apps.ts'
export { type Checker, createChecker } from './assertion.ts'
export { createKeyFinder } from './keys.ts'
export { coverageOf, PUBLISHED_SCOPES } from './scopes.ts'
export { authorize, formOf, jwks, practicesOf, smartConfiguration, token } from './server.ts'
