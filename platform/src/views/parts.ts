// The parts that unified objects are made of: their schemas, and how each is read from FHIR. No part
// knows which object it stands in.

import { z } from 'zod'
import { PRECISIONS, type Spot } from './spot.ts'

export const momentField = z
  .object({
    given: z.string().describe('As the record gives it'),
    precision: z.enum(PRECISIONS),
    localDay: z
      .string()
      .nullable()
      .describe("YYYY-MM-DD in the practice's time zone; null for less than a day's precision"),
  })
  .meta({ id: 'Moment' })

/** A stretch of time; a single time is its start. */
export const whenField = z
  .object({ start: momentField.nullable(), end: momentField.nullable() })
  .meta({ id: 'When' })

export const conceptField = z
  .object({
    text: z.string().nullable().describe('Its text, else the display of its first coding with one'),
    codings: z.array(
      z.object({
        system: z.string().nullable(),
        code: z.string().nullable(),
        display: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Concept' })

export const refField = z
  .object({
    type: z.string().nullable().describe('Its FHIR type; null when it is not of this practice'),
    id: z.string().nullable(),
    name: z.string().nullable().describe('As the record that refers to it calls it'),
  })
  .meta({ id: 'Ref' })

export const quantityField = z
  .object({
    value: z.number().nullable(),
    comparator: z.string().nullable(),
    unit: z.string().nullable(),
    code: z.string().nullable().describe('Of UCUM, where the record says so'),
    system: z.string().nullable(),
  })
  .meta({ id: 'Quantity' })

export const moneyField = z
  .object({ cents: z.int(), currency: z.string().nullable() })
  .meta({ id: 'Money' })

export const identifierField = z
  .object({
    kind: z
      .enum([
        'fhir-id',
        'account-number',
        'mrn',
        'npi',
        'ssn',
        'drivers-license',
        'passport',
        'other',
      ])
      .describe('By its system and type; `other` when they do not tell'),
    value: z.string(),
    system: z.string().nullable(),
    use: z.string().nullable(),
    type: conceptField.nullable(),
  })
  .meta({ id: 'Identifier' })

export const nameField = z
  .object({
    display: z.string().nullable().describe('Prefix, given, family, suffix; else the text'),
    text: z.string().nullable(),
    use: z.string().nullable(),
    family: z.string().nullable(),
    given: z.array(z.string()),
    prefix: z.array(z.string()),
    suffix: z.array(z.string()),
  })
  .meta({ id: 'HumanName' })

export const contactField = z
  .object({ system: z.string().nullable(), value: z.string(), use: z.string().nullable() })
  .meta({ id: 'ContactPoint' })

export const addressField = z
  .object({
    use: z.string().nullable(),
    text: z.string().nullable(),
    lines: z.array(z.string()),
    city: z.string().nullable(),
    state: z.string().nullable(),
    postalCode: z.string().nullable(),
    country: z.string().nullable(),
  })
  .meta({ id: 'Address' })

type Concept = z.infer<typeof conceptField>
type Ref = z.infer<typeof refField>

const ABSENT_SYSTEM = /(^|\/)data-absent-reason$/
const NULL_FLAVOR = /v3-NullFlavor$/

export function conceptAt(spot: Spot): Concept | null {
  const codings = spot.items('coding').flatMap((coding) => codingAt(coding) ?? [])
  const text = spot.text('text')
  if (text === null && codings.length === 0) return null
  return { text: text ?? codings.find(({ display }) => display !== null)?.display ?? null, codings }
}

/** A code that only says "unknown" is none. */
export function codingAt(coding: Spot): Concept['codings'][number] | null {
  const system = coding.text('system')
  const code = coding.text('code')
  const display = coding.text('display')
  if (system !== null && ABSENT_SYSTEM.test(system)) {
    coding.note('data-absent')
    return null
  }
  if (system !== null && NULL_FLAVOR.test(system)) {
    coding.note('null-flavor')
    return null
  }
  return code === null && display === null ? null : { system, code, display }
}

/** Whether one of the concept's codings has this code, in this system when one is given. */
export function hasCode(concept: Concept | null, code: string, system?: string): boolean {
  const codings = concept?.codings ?? []
  return codings.some((one) => one.code === code && (system === undefined || one.system === system))
}

export function refAt(spot: Spot): Ref | null {
  if (!spot.there) return null
  const name = spot.text('display')
  const text = spot.text('reference')
  if (text === null) return name === null ? null : { type: null, id: null, name }
  const parts = referenceParts(text)
  if (parts === undefined) {
    spot.at('reference').note('not-a-reference')
    return name === null ? null : { type: null, id: null, name }
  }
  return { ...parts, name }
}

/** `Type/id` into its parts; of anything else undefined. */
export function referenceParts(text: string): { type: string; id: string } | undefined {
  const found = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/.exec(text)
  return found === null ? undefined : { type: found[1] ?? '', id: found[2] ?? '' }
}

export function quantityAt(spot: Spot): z.infer<typeof quantityField> | null {
  if (!spot.there) return null
  const value = spot.number('value')
  const unit = spot.text('unit')
  const code = spot.text('code')
  if (value === null && unit === null && code === null) return null
  return { value, comparator: spot.text('comparator'), unit, code, system: spot.text('system') }
}

/** Whole cents, or null when the amount is not a whole number of them. */
export function moneyAt(spot: Spot): z.infer<typeof moneyField> | null {
  const value = spot.number('value')
  if (value === null) return null
  const digits = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/.exec(String(value))
  if (digits === null) {
    spot.at('value').note('not-exact-cents')
    return null
  }
  const cents = Number(`${digits[1]}${digits[2]}${(digits[3] ?? '').padEnd(2, '0')}`)
  return { cents: cents === 0 ? 0 : cents, currency: spot.text('currency') }
}

/** `name` as a choice of dateTime, instant, date or Period: `effectiveDateTime`, `effectivePeriod`… */
export function whenAt(spot: Spot, name: string): z.infer<typeof whenField> | null {
  const period = spot.at(`${name}Period`)
  if (period.there) return periodAt(period)
  for (const kind of ['DateTime', 'Instant', 'Date']) {
    const start = spot.moment(`${name}${kind}`)
    if (start !== null) return { start, end: null }
  }
  for (const kind of ['Timing', 'String', 'Age', 'Range'])
    if (spot.at(`${name}${kind}`).there) spot.at(`${name}${kind}`).note('not-shown')
  return null
}

export function periodAt(spot: Spot): z.infer<typeof whenField> | null {
  const start = spot.moment('start')
  const end = spot.moment('end')
  return start === null && end === null ? null : { start, end }
}

const KIND_BY_SYSTEM: Readonly<Record<string, z.infer<typeof identifierField>['kind']>> = {
  'http://hl7.org/fhir/sid/us-npi': 'npi',
  'http://hl7.org/fhir/sid/us-ssn': 'ssn',
}
/** HL7 table 0203. */
const KIND_BY_TYPE: Readonly<Record<string, z.infer<typeof identifierField>['kind']>> = {
  MR: 'mrn',
  NPI: 'npi',
  SS: 'ssn',
  DL: 'drivers-license',
  PPN: 'passport',
}
const TYPE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0203'
/** The vendor's own: the root of the practice's numbers [P]. */
const VENDOR_ROOT = 'urn:oid:2.16.840.1.113883.4.391'

export function identifierAt(spot: Spot): z.infer<typeof identifierField> | null {
  const value = spot.text('value')
  if (value === null) return null
  const system = spot.text('system')
  const use = spot.text('use')
  const typeSpot = spot.at('type')
  const type = typeSpot.there ? conceptAt(typeSpot) : null
  return { kind: kindOf({ value, system, use, type }, spot.id), value, system, use, type }
}

function kindOf(
  { value, system, use, type }: Omit<z.infer<typeof identifierField>, 'kind'>,
  id: string,
): z.infer<typeof identifierField>['kind'] {
  const bySystem = KIND_BY_SYSTEM[system ?? '']
  if (bySystem !== undefined) return bySystem
  const vendors = system?.startsWith(VENDOR_ROOT) === true
  if (vendors && value === id) return 'fhir-id'
  if (vendors && use === 'secondary') return 'account-number'
  const typed = type?.codings.find((coding) => coding.system === TYPE_SYSTEM)?.code
  return KIND_BY_TYPE[typed ?? ''] ?? 'other'
}

export function nameAt(spot: Spot): z.infer<typeof nameField> | null {
  const words = (name: string) => spot.items(name).flatMap((item) => item.text() ?? [])
  const text = spot.text('text')
  const family = spot.text('family')
  const given = words('given')
  const prefix = words('prefix')
  const suffix = words('suffix')
  const joined = [...prefix, ...given, ...(family === null ? [] : [family]), ...suffix].join(' ')
  if (joined === '' && text === null) return null
  const display = given.length > 0 || family !== null ? joined : (text ?? joined)
  return { display, text, use: spot.text('use'), family, given, prefix, suffix }
}

export function contactAt(spot: Spot): z.infer<typeof contactField> | null {
  const value = spot.text('value')
  return value === null ? null : { system: spot.text('system'), value, use: spot.text('use') }
}

export function addressAt(spot: Spot): z.infer<typeof addressField> | null {
  if (!spot.there) return null
  return {
    use: spot.text('use'),
    text: spot.text('text'),
    lines: spot.items('line').flatMap((line) => line.text() ?? []),
    city: spot.text('city'),
    state: spot.text('state'),
    postalCode: spot.text('postalCode'),
    country: spot.text('country'),
  }
}

/** The first text an extension of this address has as its `valueString` or `valueCode`. */
export function extensionText(spot: Spot, url: string): string | null {
  for (const extension of spot.items('extension')) {
    if (extension.text('url') !== url) continue
    return extension.text('valueString') ?? extension.text('valueCode')
  }
  return null
}
