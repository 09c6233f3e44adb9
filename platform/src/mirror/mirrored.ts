// A resource as the mirror shows it, and who it is shown to. Values only.

/** A mirrored resource; `content` is its canonical JSON text, so that faces need not parse it. */
export interface Mirrored {
  readonly type: string
  readonly id: string
  readonly version: number
  /** Empty when it is not kept (see retention.ts). */
  readonly content: string
  readonly patientId: string | undefined
  readonly repairs: string | undefined
  readonly pathway: string
  readonly search: string
  readonly firstSeenAt: number
  readonly changedSeenAt: number
  readonly vendorUpdatedAt: number | undefined
  readonly deleted: boolean
  /** Whether a security label restricts who may see it. */
  readonly restricted: boolean
  /** Business time at which the practice last said so, by the freshness formula; undefined: never completely. */
  readonly asOf: number | undefined
}

/** Who is asking, for the access ledger that every read appends to. */
export interface Reader {
  readonly actor: string
  readonly action: string
}
