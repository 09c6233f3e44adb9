// The sandbox's door: make one, or run one on sockets.

export type {
  BulkFault,
  BulkGroup,
  BulkJob,
  BulkOperator,
  BulkRule,
  BulkVolume,
} from './bulk/index.ts'
export { BULK_FAULTS } from './bulk/index.ts'
export { type Clock, scaledClock, wallClock } from './clock.ts'
export type {
  AppRegistration,
  ClientKind,
  FaultRule,
  FetchJwks,
  LaunchRequest,
  MinuteCount,
  Operator,
  Preset,
  Sandbox,
  SandboxOptions,
  StartedLaunch,
  TestUser,
} from './contract.ts'
export { PRESETS } from './faults/index.ts'
export { COMBINATIONS, type Combination } from './fhir/index.ts'
export { type ListenerOptions, type Listeners, startListeners } from './listener.ts'
export { apuOf, practiceCodeOf } from './practice-code.ts'
export { createSandbox } from './sandbox.ts'
export { type PracticeSettings, practiceOf, settingsFrom } from './settings.ts'
export { type Grade, SWITCHES, type Switch } from './switches.ts'
export type { WireReply, WireRequest, WireTrouble } from './wire.ts'
export type {
  Cause,
  LedgerEntry,
  LivingPractice,
  LoadedPractice,
  LoadProblem,
  PracticeView,
  Version,
  World,
} from './world/index.ts'
