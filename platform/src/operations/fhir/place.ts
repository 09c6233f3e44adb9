// Where an answer goes on: the question and the place in it as one sealed text. It shows nothing of
// what was asked, so that it may stand in an address, and opens for the same practice alone.

import { ChartwayError } from '../../kernel/errors.ts'
import type { PracticeRef } from '../../kernel/ids.ts'
import type { KeyedContext } from '../context.ts'

/** Longer than any of ours: a query of the longest kind and its place. */
const TEXT_MAX = 24_000

export async function sealPlace(
  { practices }: Pick<KeyedContext, 'practices'>,
  ref: PracticeRef,
  place: Readonly<Record<string, unknown>>,
): Promise<string> {
  const sealed = await practices.seal(envelopeOf(ref), Buffer.from(JSON.stringify(place)))
  return Buffer.from(sealed).toString('base64url')
}

/** Throws CURSOR_INVALID for a text that is not ours, or of another practice. */
export async function openPlace(
  { practices }: Pick<KeyedContext, 'practices'>,
  ref: PracticeRef,
  text: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (text.length > TEXT_MAX) throw new ChartwayError('CURSOR_INVALID')
  try {
    const plain = await practices.unseal(envelopeOf(ref), Buffer.from(text, 'base64url'))
    const place: unknown = JSON.parse(Buffer.from(plain).toString())
    if (isRecord(place)) return place
  } catch (error) {
    if (!(error instanceof ChartwayError) || error.code !== 'CREDENTIAL_UNREADABLE') throw error
  }
  throw new ChartwayError('CURSOR_INVALID')
}

function envelopeOf({ organization, practice }: PracticeRef) {
  return { organization, table: 'fhir', column: 'place', rowKey: [practice] }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
