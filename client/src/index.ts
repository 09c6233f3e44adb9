// The door of the client package.

export {
  type CallOptions,
  type Client,
  type ClientOptions,
  type Collection,
  createClient,
} from './client.ts'
export { ApiError, CLIENT_CODES, type ClientCode } from './errors.ts'
export type {
  Change,
  Freshness,
  FreshnessRow,
  Mirrored,
  Operations,
  Practice,
  Problem,
} from './generated.ts'
export { COLLECTIONS } from './generated.ts'
export { type Fetch, systemFetch, type Wait } from './network.ts'
