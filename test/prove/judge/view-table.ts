// The judge's table of all unified objects. Independent of the views: a field that the API serves and that
// is not in it fails the proof, as does one that is in it and not served.

import { CHART_ROWS } from './view-chart.ts'
import { PEOPLE_ROWS } from './view-people.ts'
import type { ViewRow } from './view-row.ts'
import { VISIT_ROWS } from './view-visits.ts'

export const VIEW_TABLE: Readonly<Record<string, ViewRow>> = {
  ...PEOPLE_ROWS,
  ...VISIT_ROWS,
  ...CHART_ROWS,
}
