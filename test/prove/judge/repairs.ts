// Which repairs a mirror may make, after the vendor's recorded dirt: a table of the judge's own. A value
// kept beside a repair that no row allows is a changed record, whatever the repair is called.

import { type Item, isItem, type RepairNote } from './compare.ts'

interface Lawful {
  readonly path: RegExp
  readonly allows: (note: RepairNote, resource: Item) => boolean
}

const EMPTY_DATE = /^(1899-12-30|0001-01-0[12])/
const VENDOR_REFERENCE = /^https?:\/\/[^/]+\/fhir\/r4\/[^/]+\/([A-Za-z]+\/.+)$/

const LAWFUL: readonly Lawful[] = [
  {
    // A date that stands for "none" goes.
    path: /^\/(deceasedDateTime|expirationDate)$/,
    allows: ({ original, repaired }) =>
      typeof original === 'string' && EMPTY_DATE.test(original) && repaired === undefined,
  },
  {
    // A laboratory number that came as text leaves `valueString` …
    path: /^\/valueString$/,
    allows: ({ original, repaired }, resource) =>
      repaired === undefined &&
      typeof original === 'string' &&
      isItem(resource.valueQuantity) &&
      String(resource.valueQuantity.value) === String(Number(original)),
  },
  {
    // … and stands in `valueQuantity`, which was not there.
    path: /^\/valueQuantity$/,
    allows: ({ original, repaired }) =>
      original === undefined && isItem(repaired) && Object.keys(repaired).join() === 'value',
  },
  {
    // The malformed system of the published scopes means the category system.
    path: /\/system$/,
    allows: ({ original, repaired }) =>
      original === 'http://terminology.hl7.org//CodeSystem-observation-category' &&
      repaired === 'http://terminology.hl7.org/CodeSystem/observation-category',
  },
  {
    // An absolute reference into the practice becomes relative.
    path: /\/(reference|url)$/,
    allows: ({ original, repaired }) =>
      typeof original === 'string' && VENDOR_REFERENCE.exec(original)?.[1] === repaired,
  },
]

/** The paths of repairs that no row of the table allows. */
export function unlawfulRepairs(resource: Item, notes: readonly RepairNote[]): string[] {
  return notes
    .filter(
      (note) => !LAWFUL.some(({ path, allows }) => path.test(note.path) && allows(note, resource)),
    )
    .map(({ path, rule }) => `${path} by ${rule}`)
}
