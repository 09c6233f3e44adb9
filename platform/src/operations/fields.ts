// Fields that many operations share: how a practice, a page and an instant are written at the face.

import { z } from 'zod'

/** Rows in one answer. */
export const PAGE_MAX = 500
const PAGE_DEFAULT = 100

export const practiceField: z.ZodOptional<z.ZodString> = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40')
  .optional()
  .describe('Id of the practice; may be left out when the organization has exactly one')

/** A FHIR id: R4 datatypes, `id`. */
export const idField: z.ZodString = z
  .string()
  .regex(/^[A-Za-z0-9.-]{1,64}$/, 'letters, digits, dots and dashes, at most 64')

/** A whole number, also as text; what it must be is said in words, never with what it was. */
export function wholeNumber(
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): z.ZodCoercedNumber<unknown> {
  const rule =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${min} up`
      : `a whole number from ${min} to ${max}`
  return z.coerce.number({ error: rule }).int(rule).min(min, rule).max(max, rule)
}

export const limitField: z.ZodType<number, unknown> = wholeNumber(1, PAGE_MAX)
  .default(PAGE_DEFAULT)
  .describe(`Rows in one answer, at most ${PAGE_MAX}; fewer when they are long`)

export const instantField = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC' })

/** An instant that may not be known. */
export const maybeInstant = instantField.nullable()

export const freshnessField = z
  .object({
    asOf: maybeInstant.describe(
      'When the practice last said so; null when it never completely did',
    ),
    ageSeconds: z.int().min(0).nullable().describe('Seconds from then until this answer'),
  })
  .meta({ id: 'Freshness' })

/** Epoch ms as RFC 3339 in UTC, with milliseconds. */
export function instant(ms: number): string {
  return new Date(ms).toISOString()
}

export function instantOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : instant(ms)
}

/** What an answer of now says about how old its data is. */
export function freshnessOf(
  asOf: number | undefined,
  now: number,
): { readonly asOf: string | null; readonly ageSeconds: number | null } {
  return { asOf: instantOrNull(asOf), ageSeconds: ageSeconds(asOf, now) }
}

/** Whole seconds since `asOf`, never negative; null when that is not known. */
export function ageSeconds(asOf: number | undefined, now: number): number | null {
  return asOf === undefined ? null : Math.max(0, Math.floor((now - asOf) / 1000))
}
