// Values of the unified objects in words. Pure; what is not there is an empty text, never a guess.

import type { Operations } from '@chartway/client'

type Vital = Operations['vitals.list']['output']['items'][number]
export type Measured = Pick<
  Vital,
  'id' | 'code' | 'value' | 'components' | 'absent' | 'interpretations' | 'referenceRanges'
> &
  Pick<Vital, 'effective' | 'issued' | 'encounter' | 'provenance' | 'freshness' | 'status'>
type Concept = NonNullable<Vital['code']>
type Value = NonNullable<Vital['value']>

export function conceptText(concept: Concept | null | undefined): string {
  if (!concept) return ''
  return concept.text ?? concept.codings[0]?.display ?? concept.codings[0]?.code ?? ''
}

/** Codes of UCUM that people write in another way. */
const UNITS: Readonly<Record<string, string>> = {
  '[degF]': '°F',
  Cel: '°C',
  'mm[Hg]': 'mmHg',
  '[in_i]': 'in',
  '[lb_av]': 'lb',
  'kg/m2': 'kg/m²',
}

function unitText(unit: string | null | undefined): string {
  return UNITS[unit ?? ''] ?? unit ?? ''
}

export function valueText(value: Value | null): string {
  if (value === null) return ''
  if (value.kind === 'number')
    return [`${value.comparator ?? ''}${value.number ?? ''}`, unitText(value.unit)]
      .filter((part) => part !== '')
      .join(' ')
  if (value.kind === 'concept') return conceptText(value.concept)
  if (value.kind === 'flag') return value.flag === true ? 'yes' : 'no'
  if (value.kind === 'range' || value.kind === 'ratio')
    return `${value.low?.value ?? ''}${value.kind === 'ratio' ? ':' : '–'}${value.high?.value ?? ''}`
  return value.text ?? value.when?.start?.given ?? ''
}

/** The value, or those of its parts, as in 120/80. */
export function measuredText({ value, components, absent }: Measured): string {
  if (value !== null) return valueText(value)
  const parts = (components ?? []).flatMap((part) => (part.value === null ? [] : [part.value]))
  if (parts.length > 0) {
    const numbers = parts.map((part) => String(part.number ?? valueText(part)))
    return `${numbers.join('/')} ${unitText(parts[0]?.unit)}`.trim()
  }
  return conceptText(absent) || 'no value'
}

/** The number that a line can be drawn of: the value, or its first part's. */
export function measuredNumber({ value, components }: Measured): number | undefined {
  return value?.number ?? components?.[0]?.value?.number ?? undefined
}

/** When it was measured, as the record gives it. */
export function measuredAt({ effective, issued }: Measured): string | undefined {
  return effective?.start?.given ?? issued?.given
}
