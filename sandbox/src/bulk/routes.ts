// The operator's routes of bulk export: groups, volume, faults, and the record of every job. The port
// and its secret are the operator desk's.

import { list, record, text, texts } from '../table.ts'
import { parseBulkRules } from './faults.ts'
import type { BulkGroup, BulkOperator, BulkVolume } from './types.ts'

interface Asked {
  readonly parts: readonly string[]
  readonly body: () => unknown
}

/** `METHOD first-part` and what it gives. They throw a TypeError or RangeError for bad input. */
export function bulkRoutes(
  bulk: BulkOperator,
): readonly (readonly [name: string, run: (asked: Asked) => unknown])[] {
  return [
    ['GET bulk', () => ({ jobs: bulk.jobs(), fired: bulk.fired() })],
    ['GET groups', ({ parts }) => bulk.groups(parts[1] ?? '')],
    [
      'PUT groups',
      ({ parts, body }) => {
        const code = parts[1] ?? ''
        bulk.setGroups(code, list(body(), 'body').map(groupFrom))
        return bulk.groups(code)
      },
    ],
    [
      'PUT bulk-script',
      ({ body }) => {
        bulk.script(parseBulkRules(body()))
        return {}
      },
    ],
    [
      'PUT volume',
      ({ parts, body }) => {
        const volume = volumeFrom(body())
        bulk.setVolume(parts[1] ?? '', volume)
        return volume
      },
    ],
  ]
}

function groupFrom(value: unknown, index: number): BulkGroup {
  const cells = record(value, `body[${index}]`)
  const { patients = 'all' } = cells
  return {
    id: text(cells.id, 'id'),
    name: text(cells.name ?? cells.id, 'name'),
    patients: patients === 'all' ? 'all' : texts(patients, 'patients'),
  }
}

function volumeFrom(value: unknown): BulkVolume {
  const cells = record(value, 'body')
  const whole = (name: string) => {
    const cell = cells[name]
    if (typeof cell === 'number' && Number.isInteger(cell) && cell >= 0) return cell
    throw new TypeError(`${name}: a whole number is needed`)
  }
  return { patients: whole('patients'), observationsEach: whole('observationsEach') }
}
