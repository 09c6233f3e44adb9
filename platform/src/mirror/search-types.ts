// What a search of the mirror is handed and gives back. It knows no parameter of FHIR: what narrows
// candidates down is said in rows, and whether one matches is the visitor's to say.

import type { PracticeRef } from '../kernel/ids.ts'
import type { Mirrored, Reader } from './mirrored.ts'

/** How candidates are narrowed by what they are found by: any one of the alternatives must hold. */
export type Alternative =
  | { readonly kind: 'equal'; readonly values: readonly string[] }
  | { readonly kind: 'prefix'; readonly value: string }
  | {
      readonly kind: 'range'
      readonly lowFrom?: number
      readonly lowBelow?: number
      readonly highFrom?: number
      readonly highBelow?: number
    }

export interface Condition {
  readonly parameter: string
  readonly any: readonly Alternative[]
}

/** Where candidates come from. Resources that are known to be deleted are none. */
export type Candidates =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'patients'; readonly patients: readonly string[] }
  /** All of the conditions must hold; at least one. */
  | { readonly kind: 'rows'; readonly conditions: readonly Condition[] }
  /** By when we saw the change: epoch ms, from and before. */
  | {
      readonly kind: 'changed'
      readonly from: number
      readonly before: number
      readonly descending: boolean
    }
  | { readonly kind: 'all' }

/** The candidate after which to go on; `changedSeenAt` counts for those by change alone. */
export interface Place {
  readonly id: string
  readonly changedSeenAt: number
}

export interface Visitor {
  /** Is shown one candidate after the other, without `asOf`; false: enough. */
  take(found: Mirrored): boolean
  /** What of it the reader is shown; asked once, at the end. */
  shown(): readonly { readonly type: string; readonly id: string }[]
}

export interface Examined {
  /** `all`: there are no more candidates. `enough`: the visitor said so. `limit`: too many to go on. */
  readonly ended: 'all' | 'enough' | 'limit'
  /** The last candidate that was shown to the visitor. */
  readonly last: Place | undefined
  /** Of what is shown: the oldest; undefined when one of it was never completely answered. */
  readonly asOf: number | undefined
}

/** One state of a resource. */
export interface State extends Pick<Mirrored, 'type' | 'id' | 'version' | 'content' | 'deleted'> {
  /** Whose it is now, and what stands in it now or stood in it last. */
  readonly patientId: string | undefined
  readonly present: string
  readonly changedSeenAt: number
  readonly vendorUpdatedAt: number | undefined
}

export interface Searching {
  /**
   * Shows a visitor the candidates in the order of their ids, or of change, at most `examinedMax` of
   * them, and records what the reader is shown of them; without a reader nobody is shown anything.
   * `subject` names the question: `Type?parameter,names`.
   */
  examine(
    ref: PracticeRef,
    query: {
      readonly type: string
      readonly candidates: Candidates
      readonly after?: Place | undefined
      readonly examinedMax: number
      readonly subject: string
      /** The patient whose records are asked for, when it is one. */
      readonly patient?: string | undefined
    },
    visitor: Visitor,
    reader: Reader | undefined,
  ): Promise<Examined>
  /** One state of a resource, by its number. `shown` says whether the reader is shown it. */
  version(
    ref: PracticeRef,
    state: { readonly type: string; readonly id: string; readonly version: number },
    reader: Reader,
    shown: (state: State) => boolean,
  ): Promise<State | undefined>
  /**
   * The states of a resource, or of a type's, the newest first. `shown`: how many the reader is shown,
   * all of them when it is not said.
   */
  versions(
    ref: PracticeRef,
    query: {
      readonly type: string
      /** Undefined: of all resources of the type. */
      readonly id?: string | undefined
      /** Only states that were seen then or later, epoch ms. */
      readonly since: number
      readonly before?: Pick<State, 'id' | 'version' | 'changedSeenAt'> | undefined
      readonly limit: number
    },
    reader: Reader,
    shown?: (states: readonly State[]) => number,
  ): Promise<readonly State[]>
}
