// The timeline of a chart, by visit or by problem: what was found, prescribed and written at each. It
// joins what the records themselves join, and nothing by nearness in time.

import type { Operations } from '@chartway/client'
import type { ReactNode } from 'react'
import { dateInWords, inWords } from '../../api/words.ts'
import { SourceLink } from '../../parts/record-link.tsx'
import { Answered, Nothing, State } from '../../parts/states.tsx'
import { useZone } from '../../parts/zone.ts'
import type { ChartOf } from './use-chart.ts'
import { conceptText, measuredText } from './values.ts'

type Visit = Operations['encounters.list']['output']['items'][number]
type Problem = Operations['problems.list']['output']['items'][number]

export function ByVisit({ chart }: { readonly chart: ChartOf }) {
  if (chart.visits === undefined) return null
  return (
    <Answered of={chart.visits} lines={9}>
      {({ items, next }) =>
        items.length === 0 ? (
          <Nothing title="No visit">The practice has shown no visit of this patient.</Nothing>
        ) : (
          <>
            <ol className="line">
              {sorted(items).map((visit) => (
                <li key={visit.id}>
                  <VisitHead visit={visit} />
                  <AtVisit chart={chart} visit={visit} />
                </li>
              ))}
            </ol>
            {next === null ? null : (
              <p className="panel-body small quiet">There are more visits than are shown here.</p>
            )}
          </>
        )
      }
    </Answered>
  )
}

export function ByProblem({ chart }: { readonly chart: ChartOf }) {
  const visits = chart.visits?.data?.items ?? []
  if (chart.problems === undefined) return null
  return (
    <Answered of={chart.problems} lines={9}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing title="No problem">The practice has shown no problem of this patient.</Nothing>
        ) : (
          <ol className="line">
            {items.map((problem) => (
              <li key={problem.id}>
                <ProblemHead problem={problem} />
                <ul className="entries">
                  {sorted(visits.filter((visit) => isFor(visit, problem))).map((visit) => (
                    <Entry key={visit.id} what={<VisitDay visit={visit} />} of={visit}>
                      {reasonOf(visit)}
                    </Entry>
                  ))}
                  {(chart.prescriptions?.data?.items ?? [])
                    .filter(({ reasons }) => reasons?.some((each) => isSame(each, problem)))
                    .map((each) => (
                      <Entry key={each.id} what="Prescribed" of={each}>
                        {conceptText(each.medication)}
                      </Entry>
                    ))}
                </ul>
              </li>
            ))}
          </ol>
        )
      }
    </Answered>
  )
}

function VisitDay({ visit }: { readonly visit: Visit }) {
  const zone = useZone()
  return <>{dateInWords(visit.period?.start?.given, zone) || 'No day shown'}</>
}

function VisitHead({ visit }: { readonly visit: Visit }) {
  return (
    <div className="line-head">
      <span>
        <span className="strong">
          <SourceLink of={visit}>
            <VisitDay visit={visit} />
          </SourceLink>
        </span>{' '}
        {reasonOf(visit)}
      </span>
      <span className="small quiet">
        {[visit.provider?.name, visit.facility.name].filter((each) => each).join(' · ')}{' '}
        {visit.status === null || visit.status === 'finished' ? null : (
          <State tone={visit.status === 'cancelled' ? 'bad' : 'info'}>
            {inWords(visit.status)}
          </State>
        )}
      </span>
    </div>
  )
}

function ProblemHead({ problem }: { readonly problem: Problem }) {
  const zone = useZone()
  const active = conceptText(problem.clinicalStatus)
  const since = problem.onset?.start?.given ?? problem.recordedDate?.given
  return (
    <div className="line-head">
      <span className="strong">
        <SourceLink of={problem}>{conceptText(problem.code) || 'No name shown'}</SourceLink>
      </span>
      <span className="small quiet">
        {since ? `${problem.onset?.start ? 'since' : 'recorded'} ${dateInWords(since, zone)} ` : ''}
        {active === '' ? null : <State>{active}</State>}
      </span>
    </div>
  )
}

/** Lines of one kind at one visit beyond which they are counted only. */
const LINES_MAX = 8

function AtVisit({ chart, visit }: { readonly chart: ChartOf; readonly visit: Visit }) {
  const here = ({ encounter }: { readonly encounter: { readonly id: string | null } | null }) =>
    encounter?.id === visit.id
  const vitals = (chart.vitals?.data?.items ?? []).filter(here)
  const results = (chart.results?.data?.items ?? []).filter(here)
  const prescribed = (chart.prescriptions?.data?.items ?? []).filter(here)
  const given = (chart.immunizations?.data?.items ?? []).filter(here)
  const diagnoses = visit.diagnoses ?? []
  return (
    <ul className="entries">
      {diagnoses.length === 0 ? null : (
        <Entry what="Diagnoses">
          {diagnoses.map(({ code }) => conceptText(code) || 'not named').join(', ')}
        </Entry>
      )}
      {vitals.length === 0 ? null : (
        <Entry what="Vitals">
          {vitals
            .map((each) => `${conceptText(each.code)} ${measuredText(each)}`)
            .toSorted()
            .join(' · ')}
        </Entry>
      )}
      {prescribed.map((each) => (
        <Entry key={each.id} what="Prescribed" of={each}>
          {conceptText(each.medication)}
        </Entry>
      ))}
      {results.slice(0, LINES_MAX).map((each) => (
        <Entry key={each.id} what="Result" of={each}>
          {conceptText(each.code)} {measuredText(each)}
        </Entry>
      ))}
      {results.length > LINES_MAX ? (
        <Entry what="Results">and {results.length - LINES_MAX} more</Entry>
      ) : null}
      {given.map((each) => (
        <Entry key={each.id} what="Vaccine" of={each}>
          {conceptText(each.vaccine)}
        </Entry>
      ))}
      {visit.notes.map((note) => (
        <Entry key={note.id} what="Note">
          {note.title ?? conceptText(note.type)}{' '}
          <span className="small quiet">{inWords(note.sign.state)}</span>
        </Entry>
      ))}
    </ul>
  )
}

function Entry({
  what,
  of,
  children,
}: {
  readonly what: ReactNode
  readonly of?: Parameters<typeof SourceLink>[0]['of']
  readonly children: ReactNode
}) {
  return (
    <li>
      <span className="what">{what}</span>
      <span>{of === undefined ? children : <SourceLink of={of}>{children}</SourceLink>}</span>
    </li>
  )
}

function reasonOf(visit: Visit): string {
  const reasons = (visit.reasons ?? []).map(conceptText).filter((each) => each !== '')
  if (reasons.length > 0) return reasons.join(', ')
  return conceptText(visit.types?.[0]) || 'Visit'
}

function sorted(visits: readonly Visit[]): readonly Visit[] {
  const at = ({ period }: Visit) => Date.parse(period?.start?.given ?? '') || 0
  return visits.toSorted((one, other) => at(other) - at(one))
}

function isFor(visit: Visit, problem: Problem): boolean {
  if (problem.encounter?.id === visit.id) return true
  return (visit.diagnoses ?? []).some(
    ({ condition, code }) => condition === problem.id || isSame(code, problem),
  )
}

/** Whether a concept has a code of the problem's, in the same system. */
function isSame(concept: Problem['code'], { code }: Problem): boolean {
  return (concept?.codings ?? []).some((one) =>
    code?.codings.some(
      (other) => other.code !== null && other.code === one.code && other.system === one.system,
    ),
  )
}
