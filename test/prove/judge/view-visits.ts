// From where each field of appointments, encounters and what documents them has to come: one row a field.

import { type Item, isItem, type Value } from './compare.ts'
import { all, is, LOCK, ofEncounter, refIs, sign, title, type ViewRow, via } from './view-row.ts'
import * as v from './view-values.ts'

const provider: v.Expect = (record) => {
  const people = v.dig(record, 'participant').flatMap((one) => {
    const person = isItem(one) ? v.refOf(one.individual) : null
    if (!isItem(person) || (person.type !== null && person.type !== 'Practitioner')) return []
    return [{ person, primary: v.dig(one, 'type.coding.code').includes('PPRF') }]
  })
  const primary = people.find((one) => one.primary)
  return primary?.person ?? (people.length === 1 ? (people[0]?.person ?? null) : null)
}

const mode: v.Expect = (record) => {
  const [code] = v.dig(record, 'class.code')
  return code === 'AMB' ? 'in-person' : code === 'VR' ? 'virtual' : null
}

const notes: v.Expect = (record, chart) => {
  const documents = chart
    .all('DocumentReference')
    .filter((one) => v.dig(one, 'context.encounter').some((e) => refIs(e, record.id)))
  const reports = chart
    .all('DiagnosticReport')
    .filter((one) => v.dig(one, 'encounter').some((e) => refIs(e, record.id)))
  return [
    ...documents.map((one) => ({
      ...{ kind: 'document', id: one.id ?? null, type: v.conceptOf(one.type) },
      ...{ title: title(one, chart), date: v.momentOf(one.date, chart.timeZone) },
      ...{ authors: v.refs('author')(one, chart), status: one.status ?? null },
      ...{ sign: sign('docStatus')(one, chart), lock: LOCK },
      contentHref: `/v1/documents/${one.id}/content`,
    })),
    ...reports.map((one) => ({
      ...{ kind: 'report', id: one.id ?? null, type: v.conceptOf(one.code), title: null },
      date: v.momentOf(one.issued ?? one.effectiveDateTime, chart.timeZone),
      ...{ authors: v.refs('performer')(one, chart), status: one.status ?? null },
      ...{ sign: sign('status')(one, chart), lock: LOCK, contentHref: null },
    })),
  ]
}

const diagnoses: v.Expect = (record, chart) => {
  const own = v.dig(record, 'diagnosis').flatMap((one) => {
    if (!isItem(one)) return []
    const named = v.refOf(one.condition)
    const id = isItem(named) ? (named.id ?? null) : null
    const code = v.conceptOf(chart.get(`Condition/${id}`)?.code)
    return [
      { condition: id, code, use: v.conceptOf(one.use), rank: one.rank ?? null, from: 'encounter' },
    ]
  })
  const others = chart
    .all('Condition')
    .filter(
      (one) =>
        is('encounter-diagnosis')(one) &&
        refIs(one.encounter ?? null, record.id) &&
        !own.some(({ condition }) => condition === one.id),
    )
  return [
    ...own,
    ...others.map((one) => ({
      ...{ condition: one.id ?? null, code: v.conceptOf(one.code) },
      ...{ use: null, rank: null, from: 'condition' },
    })),
  ]
}

const BOOKED: Readonly<Record<string, string>> = {
  ...{ planned: 'booked', arrived: 'arrived', triaged: 'triaged', finished: 'finished' },
  ...{ 'in-progress': 'in-progress', cancelled: 'cancelled' },
}

function contentOf(
  content: Value,
  { index, record, timeZone }: { index: number; record: Item; timeZone: string },
): Value {
  const [attachment] = v.dig(content, 'attachment')
  const {
    contentType = null,
    title: own = null,
    size = null,
    creation,
    data,
    url,
  } = isItem(attachment) ? attachment : {}
  const held =
    data !== undefined
      ? 'inline'
      : url === undefined
        ? 'none'
        : /^Binary\/[\w.-]+$/.test(String(url))
          ? 'linked'
          : 'elsewhere'
  const here = held === 'inline' || held === 'linked'
  return {
    ...{ contentType, title: own, size, created: v.momentOf(creation, timeZone), held },
    href: here ? `/v1/documents/${record.id}/content?index=${index}` : null,
  }
}

export const VISIT_ROWS: Readonly<Record<string, ViewRow>> = {
  appointments: {
    type: 'Encounter',
    takes: all,
    facility: ofEncounter,
    fields: {
      source: v.constant('encounter'),
      status: (record) => BOOKED[String(record.status)] ?? 'unknown',
      vendorStatus: v.text('status'),
      start: v.moment('period.start'),
      end: v.moment('period.end'),
      day: (record, { timeZone }) => {
        const start = v.momentOf(v.dig(record, 'period.start')[0], timeZone)
        return isItem(start) ? (start.localDay ?? null) : null
      },
      patient: v.ref('subject'),
      provider,
      visitType: (record, chart) => {
        const types = v.concepts('type')(record, chart)
        return Array.isArray(types) ? (types[0] ?? null) : null
      },
      mode,
      reasons: v.concepts('reasonCode'),
    },
  },
  encounters: {
    type: 'Encounter',
    takes: all,
    facility: ofEncounter,
    fields: {
      identifiers: v.identifiers,
      status: v.text('status'),
      class: (record) => v.conceptOfCoding(record.class),
      mode,
      types: v.concepts('type'),
      period: v.period('period'),
      patient: v.ref('subject'),
      provider,
      participants: v.each('participant', (one, chart) => ({
        ...{ roles: v.concepts('type')(one, chart), person: v.refOf(one.individual) },
      })),
      reasons: v.concepts('reasonCode'),
      locations: v.refs('location.location'),
      serviceProvider: v.ref('serviceProvider'),
      dischargeDisposition: v.concept('hospitalization.dischargeDisposition'),
      diagnoses,
      notes,
      notesComplete: v.constant(true),
      lock: v.constant(LOCK),
    },
  },
  'diagnostic-reports': {
    type: 'DiagnosticReport',
    takes: all,
    facility: via('encounter'),
    fields: {
      patient: v.ref('subject'),
      identifiers: v.identifiers,
      code: v.concept('code'),
      categories: v.concepts('category'),
      status: v.text('status'),
      sign: sign('status'),
      effective: v.when('effective'),
      issued: v.moment('issued'),
      performers: v.refs('performer'),
      results: v.refs('result'),
      orders: v.refs('basedOn'),
      specimens: v.refs('specimen'),
      conclusion: v.text('conclusion'),
      conclusionCodes: v.concepts('conclusionCode'),
      encounter: v.ref('encounter'),
    },
  },
  documents: {
    type: 'DocumentReference',
    takes: all,
    facility: via('context.encounter'),
    fields: {
      patient: v.ref('subject'),
      identifiers: v.identifiers,
      type: v.concept('type'),
      categories: v.concepts('category'),
      title,
      description: v.text('description'),
      date: v.moment('date'),
      period: v.period('context.period'),
      status: v.text('status'),
      sign: sign('docStatus'),
      lock: v.constant(LOCK),
      authors: v.refs('author'),
      custodian: v.ref('custodian'),
      encounters: v.refs('context.encounter'),
      contents: (record, { timeZone }) =>
        v.dig(record, 'content').map((one, index) => contentOf(one, { index, record, timeZone })),
    },
  },
}
