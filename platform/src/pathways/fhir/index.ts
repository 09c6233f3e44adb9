// The FHIR pathway's door: one practice's FHIR R4 server, in the dialect its connection names. It
// reads and does not write; it stores nothing and knows no budget.

import type { ChartwayError } from '../../kernel/errors.ts'
import type { OpenFn, OpenPathway, PathwayPorts, PathwaySettings } from '../contract.ts'
import { bulkReading } from './bulk/index.ts'
import { planFor, servedBy } from './capabilities.ts'
import { check, findingFor } from './check.ts'
import { createConnection } from './connect.ts'
import { dialectFor } from './dialect.ts'
import { personApp } from './launch/index.ts'
import { list, type Reader, read } from './read.ts'
import { settingsProblem, wantedScopes } from './settings.ts'

export { dialectNames } from './dialect.ts'
export { undoRepairs } from './repair.ts'
export { settingsNotes, settingsProblem, wantedScopes } from './settings.ts'

/** Settings that do not fit show themselves in `check` and reject everything else. */
export const openFhir: OpenFn = (settings, ports) => {
  const problem = settingsProblem(settings)
  if (problem !== undefined) return closed(problem)
  const reader = createReader(settings, ports)
  return {
    name: 'fhir',
    plan: async ({ signal } = {}) => {
      const statement = await reader.connection.metadata({ lane: 'sweep', signal })
      const rows = planFor(reader.dialect, servedBy(statement))
      reader.typesById = new Set(rows.filter((row) => row.per === 'id').map((row) => row.type))
      return rows
    },
    bulk: bulkReading(reader),
    app: personApp(reader.dialect.app, reader, ports),
    list: (question, options) => list(reader, question, options),
    read: (type, id, options) => read(reader, type, id, options),
    check: (options) => check({ ...reader, refused: new Map() }, options),
  }
}

function createReader(settings: PathwaySettings, ports: PathwayPorts): Reader {
  const dialect = dialectFor(settings.dialect, settings.overrides)
  const scopes = wantedScopes(settings)
  const byId = dialect.searches.filter((row) => row.per === 'id').map((row) => row.type)
  return {
    connection: createConnection(settings, ports, scopes),
    clock: ports.clock,
    dialect,
    tables: { ...dialect, baseUrl: settings.baseUrl },
    typesById: new Set(byId),
    plain: new Set(),
    refused: new Map(),
  }
}

/** A connection that cannot be used: it says why, in every way it is asked. */
function closed(problem: ChartwayError): OpenPathway {
  const refuse = () => Promise.reject(problem)
  return {
    name: 'fhir',
    plan: refuse,
    list: refuse,
    read: refuse,
    async *check() {
      const { code, says, fix } = findingFor(problem)
      yield { check: 'address', ok: false, code, says, fix }
    },
  }
}
