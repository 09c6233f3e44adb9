// The answers that the ingest benchmark takes in: a practice's charts as search bundles, one for each
// patient and type, as text. Synthea's samples when they are there, else charts of our own making.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isResource, type Json, parseNdjson } from '@chartway/codecs/fhir'
import { dialectFor } from '../platform/src/pathways/fhir/dialect.ts'
import { patientOf } from '../platform/src/pathways/fhir/from-wire.ts'

/** One answer to one question. */
export interface Page {
  readonly type: string
  readonly subject: string
  readonly text: string
}

export interface Input {
  readonly origin: string
  readonly resources: number
  readonly pages: readonly Page[]
}

// smart-on-fhir/generated-sample-data, Apache-2.0.
const SYNTHEA = fileURLToPath(new URL('../../shared/data/fhir/synthea/', import.meta.url))
const OWN_PATIENTS = 20
const OWN_OBSERVATIONS = 250
const UUID = /[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/g

/** `copies` times as many charts as the sample has, each with ids of its own. */
export function ingestInput(copies: number): Input {
  const present = existsSync(SYNTHEA)
  const lines = present ? syntheaLines() : ownLines()
  const pages = new Map<string, { readonly page: Omit<Page, 'text'>; readonly entries: string[] }>()
  let resources = 0
  for (let copy = 0; copy < copies; copy++)
    for (const line of lines) {
      const text = renamed(line, copy)
      const [found] = parseNdjson(text)
      const value = found !== undefined && 'value' in found ? found.value : null
      if (!isResource(value)) continue
      const page = { type: value.resourceType, subject: patientOf(value) ?? `directory-${copy}` }
      const key = `${page.type} ${page.subject}`
      const known = pages.get(key) ?? { page, entries: [] }
      known.entries.push(text)
      pages.set(key, known)
      resources += 1
    }
  return {
    origin: present ? `Synthea, ${copies} times` : `own charts, ${copies} times`,
    resources,
    pages: [...pages.values()].map(({ page, entries }) => ({ ...page, text: bundle(entries) })),
  }
}

function bundle(entries: readonly string[]): string {
  const list = entries.map((resource) => `{"resource":${resource},"search":{"mode":"match"}}`)
  return `{"resourceType":"Bundle","type":"searchset","total":${entries.length},"entry":[${list}]}`
}

/** Only what a search of the vendor's can list. */
function syntheaLines(): readonly string[] {
  const searches = dialectFor('eclinicalworks', {}).searches.filter(({ per }) => per !== 'id')
  const types = new Set(searches.map(({ type }) => type))
  return readdirSync(SYNTHEA)
    .filter((file) => types.has(basename(file, '.ndjson')))
    .sort()
    .flatMap((file) => readFileSync(`${SYNTHEA}${file}`, 'utf8').split('\n'))
    .filter((line) => line !== '')
}

function renamed(line: string, copy: number): string {
  if (copy === 0) return line
  return line.replace(UUID, (start) =>
    ((Number.parseInt(start, 16) + copy * 0x01010101) >>> 0).toString(16).padStart(8, '0'),
  )
}

function ownLines(): readonly string[] {
  const lines: Json[] = []
  for (let patient = 0; patient < OWN_PATIENTS; patient++) {
    const reference = { reference: `Patient/${uuid(patient, 0)}` }
    lines.push({ resourceType: 'Patient', id: uuid(patient, 0), name: [{ family: `F${patient}` }] })
    for (let index = 1; index <= OWN_OBSERVATIONS; index++)
      lines.push({
        resourceType: 'Observation',
        id: uuid(patient, index),
        status: 'final',
        category: [{ coding: [{ system: 'http://example.org/category', code: 'laboratory' }] }],
        code: { coding: [{ system: 'http://loinc.org', code: `${index}-1` }], text: 'Measured' },
        subject: reference,
        effectiveDateTime: '2026-01-01T08:00:00-05:00',
        valueQuantity: { value: index / 8, unit: 'mg/dL', system: 'http://unitsofmeasure.org' },
        note: [{ text: 'Drawn fasting. '.repeat(1 + (index % 30)) }],
      })
  }
  return lines.map((line) => JSON.stringify(line))
}

function uuid(patient: number, index: number): string {
  const digits = (value: number, length: number) => value.toString(16).padStart(length, '0')
  return `${digits(patient * 65_537, 8)}-0000-4000-8000-${digits(index, 12)}`
}
