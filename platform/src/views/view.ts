// What a view is: an object's name, the FHIR type it is made from, its fields with their schemas, and
// the pure projection. Reading the records, and who may see them, is not its business.

import type { JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import type { Spot } from './spot.ts'

/** Where the object belongs, or why that is not known. */
export const facilityField = z
  .object({
    id: z.string().nullable(),
    name: z.string().nullable(),
    reason: z
      .enum(['none-stated', 'encounter-not-here', 'encounter-states-none', 'several', 'withheld'])
      .nullable()
      .describe('Why there is no id; null when there is one'),
  })
  .meta({ id: 'FacilityOf' })

export type FacilityOf = z.infer<typeof facilityField>

/** Other records, of which an object says something. */
export interface Beside {
  /** A record that `wants` named; undefined when it is not here, or not for this caller. */
  one(reference: string): Spot | undefined
  /** Records of a type that the view has `beside`; `whole` is false when there were too many. */
  all(type: string): { readonly items: readonly Spot[]; readonly whole: boolean }
  /** Says that the object shows something of this one of `all`. */
  use(record: Spot): Spot
}

export interface View {
  /** Plural, in lower case with dashes: its place in URLs. */
  readonly object: string
  /** One of it, in the API's description. */
  readonly component: string
  readonly summary: string
  readonly type: string
  readonly fields: Readonly<Record<string, z.ZodType>>
  /** Whether a resource of the type is one of these; all are when it is absent. */
  readonly takes?: (resource: JsonObject) => boolean
  /** The element that `takes` looks at: who may not see it sees none of them. */
  readonly takesFrom?: string
  /** `Type/id` of records that the projection reads. */
  readonly wants?: (resource: JsonObject) => readonly string[]
  /** Types of which the projection looks at all records, of the same patient or of the practice. */
  readonly beside?: readonly { readonly type: string; readonly of: 'patient' | 'practice' }[]
  /** Fields that other records have a part in: without them those need not be read. */
  readonly joined?: readonly string[]
  project(record: Spot, beside: Beside): { readonly facility: FacilityOf } & Record<string, unknown>
}

/** A view whose projection is checked against its fields. */
export function view<F extends Readonly<Record<string, z.ZodType>>>(
  definition: Omit<View, 'fields' | 'project'> & {
    readonly fields: F
    project(
      record: Spot,
      beside: Beside,
    ): { readonly facility: FacilityOf } & { readonly [K in keyof F]: z.input<F[K]> }
  },
): View {
  return definition
}
