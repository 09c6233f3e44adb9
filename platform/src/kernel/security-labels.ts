// Security labels that restrict who may see a record: vocabulary that the mirror notes beside a record
// and that access goes by. Who may see restricted records is not its business.

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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
