// What a sandbox is to whoever starts it: the bin, a test, a start script. Types only.

import type { BulkGroup, BulkOperator } from './bulk/types.ts'
import type { Clock } from './clock.ts'
import type { FaultKind, Preset, RetryAfter } from './faults/kinds.ts'
import type { WireReply, WireRequest } from './wire.ts'
import type { LivingPractice, LoadedPractice, LoadProblem, World } from './world/types.ts'

export type { FaultKind, Preset, RetryAfter }

/** Fetches a client's JWKS by URL, as the vendor does. A status of 0 means: not reachable. */
export type FetchJwks = (url: string) => Promise<{ readonly status: number; readonly body: string }>

export interface SandboxOptions {
  readonly clock: Clock
  /** One seed drives the world, the faults and every random id. */
  readonly seed: number
  /** Vendor time at which the world begins; by default `clock.now()`. */
  readonly startsAt?: number
  /** Scheme, host and port under which clients reach the sandbox, without a trailing slash. */
  readonly publicUrl: string
  readonly practices: readonly ((LivingPractice | LoadedPractice) & {
    /** The practice's build, `12.0.3.04009405` by default; decides which types it serves. */
    readonly build?: string
    /** Groups for bulk export that the practice has made; none by default. */
    readonly groups?: readonly BulkGroup[]
  })[]
  readonly fetchJwks: FetchJwks
  /** Apps known from the start, beside those the operator registers. */
  readonly apps?: readonly AppRegistration[]
  /** People who can sign in, beside the two every practice has; see `oauth/users.ts`. */
  readonly users?: readonly TestUser[]
  readonly preset?: Preset
  /** Deviations from the switches' defaults; see `switches.ts`. */
  readonly switches?: Readonly<Record<string, string>>
  /** How far the vendor's clock is ahead of `clock`, ms. */
  readonly clockSkewMs?: number
}

/** An application as the vendor's developer portal knows it. */
export interface AppRegistration {
  readonly clientId: string
  readonly name: string
  /** Where its public keys are; '' for an app that proves itself in another way. */
  readonly jwksUrl: string
  /** The vendor fetches only JWKS URLs it has put on its list. */
  readonly jwksAllowed: boolean
  readonly scopes: readonly string[]
  /** Practice codes that have activated the app. */
  readonly activatedFor: readonly string[]
  /** `backend` when absent; the others sign people in and get tokens by authorization code. */
  readonly client?: ClientKind
  /** Of a `confidential-symmetric` client. */
  readonly secret?: string
  /** Compared exactly. */
  readonly redirectUris?: readonly string[]
  /** Where an EHR launch sends the browser. */
  readonly launchUrl?: string
}

export type ClientKind = 'backend' | 'public' | 'confidential-symmetric' | 'confidential-asymmetric'

/** A made-up person who can sign in at one practice. */
export interface TestUser {
  readonly practice: string
  readonly username: string
  readonly password: string
  /** Who it is in the practice: `Practitioner/{id}` for staff, `Patient/{id}` for a patient. */
  readonly fhirUser: string
  /** Ids of the charts a patient's account opens; its own when absent. Staff may open every chart. */
  readonly patients?: readonly string[]
}

/** What an EHR launch is about. */
export interface LaunchRequest {
  readonly clientId: string
  readonly practice: string
  readonly patient: string
  readonly encounter?: string
  /** The member of staff who launches; `provider` when absent. */
  readonly username?: string
  /** Whether the app is told to show the patient itself; true when absent. */
  readonly needsBanner?: boolean
}

export interface StartedLaunch {
  /** The app's launch URL with `iss` and `launch`, for a browser. */
  readonly url: string
  readonly launch: string
  /** Epoch ms, vendor time. */
  readonly expiresAt: number
}

/** Calls that arrived in one wall-clock minute of vendor time at one practice. */
export interface MinuteCount {
  readonly practice: string
  /** Epoch ms of the minute's start, vendor time. */
  readonly minute: number
  readonly arrived: number
  readonly refused: number
  readonly tokens: number
}

/** The operator's side: the oracle and the levers. Not reachable through any vendor surface. */
export interface Operator {
  readonly world: World
  readonly loadProblems: readonly LoadProblem[]
  registerApp(app: AppRegistration): void
  app(clientId: string): AppRegistration | undefined
  apps(): readonly AppRegistration[]
  /** Ends the app's access and refresh tokens. */
  revokeTokens(clientId: string): void
  registerUser(user: TestUser): void
  /** Everyone who can sign in now. */
  users(): readonly TestUser[]
  /** Throws a RangeError that says what is missing or not allowed. */
  startLaunch(request: LaunchRequest): StartedLaunch
  minutes(): readonly MinuteCount[]
  /** How often each fault fired, by class. */
  faultsFired(): Readonly<Record<string, number>>
  /** Calls answered so far, by `METHOD Type?param,param` (no values) and status. */
  calls(): Readonly<Record<string, number>>
  /** Groups, faults and records of bulk export. */
  readonly bulk: BulkOperator
  preset(): Preset
  /**
   * Faults, latencies, switches not set by hand, hostile words and the delay of visibility follow
   * from now on; what was written before stays as late as it was.
   */
  setPreset(preset: Preset): void
  setSwitch(name: string, value: string): void
  switches(): Readonly<Record<string, string>>
  /** A fault script: rules tried in order for each request; see `faults/`. */
  script(rules: readonly FaultRule[]): void
  /** The script in force. */
  rules(): readonly FaultRule[]
}

export interface FaultRule {
  readonly fault: FaultKind
  /** Regular expression over `METHOD path?query`; all requests when absent. */
  readonly match?: string
  /** Chance for a matching request, 0 to 1. */
  readonly rate: number
  /** Stop after so many firings. */
  readonly times?: number
  readonly fromMs?: number
  readonly untilMs?: number
  /** `late`: the delay in vendor ms. */
  readonly delayMs?: number
  /** What a refusal says of when to come back; nothing by default. */
  readonly retryAfter?: RetryAfter
  /** `huge-body`: its size, 64 MiB by default. */
  readonly bytes?: number
}

export interface Sandbox {
  /** Answers one request. Never throws for a client's mistake. */
  handle(request: WireRequest): Promise<WireReply>
  readonly operator: Operator
  /** Vendor time, skew included. */
  now(): number
}
