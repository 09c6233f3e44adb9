// The record of who did what. An event is appended inside the transaction of the effect it records.

/** Ids, names of parameters, positions and counts; never the content of a chart. */
export interface AccessEvent {
  readonly at: number
  /** `key:<keyId>`, `sync`, `system`. */
  readonly actor: string
  /** The operation's name, such as `patients.read`. */
  readonly action: string
  readonly practice?: string | undefined
  /** `Type/id`, or `Type?parameter,names`. */
  readonly subject?: string | undefined
  readonly outcome: 'success' | 'refused' | 'failed'
  readonly details?: Readonly<Record<string, string | number | boolean>>
}
