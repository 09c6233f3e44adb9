// The search for patients with its terms in the request's body: names and birth dates have no place in
// an address, which browsers and proxies keep. It answers exactly as the list does.

import type { Operation } from './operation.ts'
import { viewOperations } from './views/index.ts'

/** The list of patients under another name; the ledger knows both by the name of the list. */
export const patientsSearch: Operation = {
  ...patientsList(),
  name: 'patients.search',
  summary: 'Find patients; the terms stand in the body and in no address',
}

function patientsList(): Operation {
  const list = viewOperations.find(({ name }) => name === 'patients.list')
  if (list === undefined) throw new Error('There is no list of patients')
  return list
}
