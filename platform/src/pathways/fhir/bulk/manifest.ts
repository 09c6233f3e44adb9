// The manifest of an export: read strictly, because what it leaves out is not exported. It fetches
// nothing.

import type { JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { ChartwayError } from '../../../kernel/errors.ts'
import type { BulkFile, BulkManifest } from '../../contract.ts'
import { followable } from '../address.ts'
import type { Reader } from '../read.ts'

/** Files of one export; at ten thousand records each this is a thousand million. */
const FILES_MAX = 100_000

const File = z.object({
  type: z.string().regex(/^[A-Z][A-Za-z]+$/),
  url: z.string().min(1).max(4000),
  count: z.number().int().nonnegative().optional(),
})
const Manifest = z.object({
  transactionTime: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
  output: z.array(File).max(FILES_MAX),
  // Absent is taken for none: the specification wants it, and a vendor may leave it out.
  error: z.array(z.unknown()).optional(),
})

/**
 * Undefined when it is no manifest or a file lies outside the practice. Addresses lose the vendor's
 * `&amp;` [I] and its other host [P]; a file that is named twice is taken once.
 */
export function manifestOf(body: JsonObject | undefined, reader: Reader): BulkManifest | undefined {
  const parsed = Manifest.safeParse(body)
  if (!parsed.success) return undefined
  const { baseUrl } = reader.connection.settings
  const files = new Map<string, BulkFile>()
  for (const { type, url, count } of parsed.data.output) {
    const location = locationOf(url, baseUrl)
    if (location === undefined) return undefined
    if (!files.has(location)) files.set(location, { type, location, count })
  }
  const { transactionTime, error = [] } = parsed.data
  const skewMs = reader.connection.skewMs() ?? 0
  return {
    transactionTime: Math.floor(Date.parse(transactionTime) - skewMs),
    files: [...files.values()],
    errors: error.length,
  }
}

function locationOf(url: string, baseUrl: string): string | undefined {
  try {
    return followable(url, baseUrl).slice(baseUrl.length + 1)
  } catch (error) {
    if (error instanceof ChartwayError) return undefined
    throw error
  }
}
