// The names: which faults there are, what each may be felt by, and which presets. No behaviour.

/** Carried out on the wire, after the answer is decided. */
export const WIRE_FAULTS = ['timeout', 'reset', 'late', 'truncate', 'hang'] as const

/** Instead of the surface's answer. */
export const ANSWER_FAULTS = [
  'status-429',
  'status-401',
  'status-403',
  'status-500',
  'status-502',
  'status-503',
  'status-504',
  'maintenance-page',
  'login-page',
  'redirect',
  'redirect-loop',
  'no-content',
  'error-envelope',
  'huge-body',
  'deep-json',
] as const

/** In the surface's answer, where it has what the fault needs. */
export const BODY_FAULTS = [
  'content-type',
  'charset',
  'byte-order-mark',
  'giant-header',
  'duplicate-keys',
  'half-body',
  'next-loop',
  'next-elsewhere',
  'contained-loop',
  'foreign-reference',
] as const

/** Before the surface is asked. */
export const STATE_FAULTS = ['expired-token', 'page-shift'] as const

export const FAULT_KINDS = [
  ...WIRE_FAULTS,
  ...ANSWER_FAULTS,
  ...BODY_FAULTS,
  ...STATE_FAULTS,
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]
export type AnswerFault = (typeof ANSWER_FAULTS)[number]
export type BodyFault = (typeof BODY_FAULTS)[number]

/** What a refusal says of when to come back; the vendor says nothing [D], so anything else is a lie. */
export const RETRY_AFTERS = [
  'none',
  'seconds',
  'zero',
  'negative',
  'huge',
  'date',
  'past-date',
  'words',
  'any',
] as const
export type RetryAfter = (typeof RETRY_AFTERS)[number]

export const PRESETS = ['calm', 'tuesday', 'storm', 'hostile', 'vendor-upgrade-night'] as const
export type Preset = (typeof PRESETS)[number]

export function isAnswerFault(fault: FaultKind | undefined): fault is AnswerFault {
  return ANSWER_FAULTS.some((each) => each === fault)
}

export function isBodyFault(fault: FaultKind | undefined): fault is BodyFault {
  return BODY_FAULTS.some((each) => each === fault)
}
