// What of a record a caller sees: by type, by element, by patient and by security label. Pure; it is
// applied by the one reader that operations have (operations/charts.ts), so that none can forget it.

import type { ChartAccess } from '../kernel/principal.ts'

/**
 * Security labels that restrict a record: confidentiality codes above normal
 * (http://terminology.hl7.org/CodeSystem/v3-Confidentiality) and the sensitivity and policy codes of
 * http://terminology.hl7.org/CodeSystem/v3-ActCode for substance use, psychotherapy notes, mental,
 * sexual and reproductive health, HIV, domestic violence, and 42 CFR Part 2.
 */
const RESTRICTING: ReadonlySet<string> = new Set([
  ...[
    'R',
    'V',
    '42CFRPart2',
    'ETH',
    'ETHUD',
    'SUD',
    'OPIOIDUD',
    'PSY',
    'PSYTHPN',
    'MH',
    'BH',
    'HIV',
  ],
  ...['STD', 'SEX', 'SDV', 'SPI', 'DVD', 'SCA', 'GDIS', 'TBOO', 'CEL', 'VIP', 'ADOL', 'PDS'],
])

const ALWAYS = ['resourceType', 'id', 'meta']

/** A record as the mirror gives it; `content` is its JSON text. */
export interface Seen {
  readonly type: string
  readonly patientId: string | undefined
  readonly content: string
}

/** Whether the caller sees records of the type at all. */
export function seesType({ types }: ChartAccess, type: string): boolean {
  return types === 'all' || types.has(type)
}

/** The text that the caller may see of the record; undefined when it is as if it were not there. */
export function visibleContent(access: ChartAccess, record: Seen): string | undefined {
  const { type, patientId, content } = record
  const extent = access.types === 'all' ? 'whole' : access.types.get(type)
  if (extent === undefined) return undefined
  if (access.patient !== undefined && patientId !== undefined && patientId !== access.patient)
    return undefined
  if (!access.sensitive && isRestricted(content)) return undefined
  return extent === 'whole' ? content : masked(content, extent)
}

/** Whether a label of the record restricts who may see it. */
export function isRestricted(content: string): boolean {
  // Most records have no label: looking for the member is much cheaper than parsing each of them.
  if (!content.includes('"security"')) return false
  const labels = securityOf(JSON.parse(content))
  return labels.some((code) => RESTRICTING.has(code))
}

function securityOf(resource: unknown): readonly string[] {
  const meta = isRecord(resource) ? resource.meta : undefined
  const security = isRecord(meta) ? meta.security : undefined
  if (!Array.isArray(security)) return []
  return security.flatMap((coding: unknown) =>
    isRecord(coding) && typeof coding.code === 'string' ? [coding.code] : [],
  )
}

/** Keeps the named elements with their primitive siblings (`_element`), in their order. */
function masked(content: string, elements: readonly string[]): string {
  const resource: unknown = JSON.parse(content)
  if (!isRecord(resource)) return content
  const kept = new Set([...ALWAYS, ...elements])
  const shown = Object.entries(resource).filter(([name]) => kept.has(name.replace(/^_/, '')))
  return JSON.stringify(Object.fromEntries(shown))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
