// What a composition root needs to put a platform together: the rooms composed, and the ports.

export { composePlatform, type Platform, type PlatformPorts } from './compose.ts'
export { type Database, type Embedded, migrate, openDatabase, startEmbedded } from './db/index.ts'
export { type Clock, scaledClock, wallClock, wallSleep } from './kernel/clock.ts'
export { ChartwayError, type ErrorCode } from './kernel/errors.ts'
export { diskFiles } from './kernel/files.ts'
export {
  type OrganizationId,
  organizationId,
  type PracticeId,
  type PracticeRef,
  practiceId,
} from './kernel/ids.ts'
export { type Log, silentLog } from './kernel/log.ts'
export {
  type HttpReply,
  type HttpRequest,
  type Network,
  NetworkFailure,
} from './kernel/network.ts'
export { type Random, seededRandom, systemRandom } from './kernel/random.ts'
export { type SocketNetwork, undiciNetwork } from './kernel/undici-network.ts'
export { VirtualClock } from './kernel/virtual-clock.ts'
export { wantedScopes } from './pathways/fhir/index.ts'
export type { SweepSettings } from './sync/index.ts'
