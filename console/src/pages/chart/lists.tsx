// Allergies, prescriptions, documents and immunizations of a chart, each as a short list that leads to
// the records.

import type { ReactNode } from 'react'
import { dateInWords, inWords } from '../../api/words.ts'
import { Panel } from '../../parts/panel.tsx'
import { SourceLink } from '../../parts/record-link.tsx'
import { Answered, Nothing, State } from '../../parts/states.tsx'
import { useZone } from '../../parts/zone.ts'
import type { ListOf } from './use-chart.ts'
import { conceptText } from './values.ts'

export function Allergies({ of }: { readonly of: ListOf<'allergies.list'> | undefined }) {
  if (of === undefined) return null
  return (
    <Panel title="Allergies" flush>
      <Answered of={of} lines={2}>
        {({ items }) => (
          <Rows none="No allergy shown by the practice">
            {items.map((each) => (
              <li key={each.id} className="row-between">
                <span>
                  <SourceLink of={each}>{conceptText(each.code) || 'No name shown'}</SourceLink>
                  <span className="small quiet">
                    {' '}
                    {(each.reactions ?? [])
                      .flatMap(({ manifestations }) => manifestations.map(conceptText))
                      .join(', ')}
                  </span>
                </span>
                {each.criticality === 'high' ? (
                  <State tone="bad">High risk</State>
                ) : (
                  <span className="small quiet">{conceptText(each.clinicalStatus)}</span>
                )}
              </li>
            ))}
          </Rows>
        )}
      </Answered>
    </Panel>
  )
}

export function Prescriptions({ of }: { readonly of: ListOf<'prescriptions.list'> | undefined }) {
  const zone = useZone()
  if (of === undefined) return null
  return (
    <Panel title="Medications" flush>
      <Answered of={of} lines={3}>
        {({ items }) => (
          <Rows none="No medication shown by the practice">
            {newestFirst(items, ({ authoredOn }) => authoredOn?.given).map((each) => (
              <li key={each.id}>
                <div className="row-between">
                  <SourceLink of={each}>
                    {conceptText(each.medication) || 'No name shown'}
                  </SourceLink>
                  <span className="small quiet nowrap">
                    {dateInWords(each.authoredOn?.given, zone)}{' '}
                    {each.status === 'active' ? null : inWords(each.status)}
                  </span>
                </div>
                {each.dosages?.[0]?.text ? (
                  <div className="small quiet">{each.dosages[0].text}</div>
                ) : null}
              </li>
            ))}
          </Rows>
        )}
      </Answered>
    </Panel>
  )
}

export function Documents({ of }: { readonly of: ListOf<'documents.list'> | undefined }) {
  const zone = useZone()
  if (of === undefined) return null
  return (
    <Panel title="Documents" flush>
      <Answered of={of} lines={2}>
        {({ items }) => (
          <Rows none="No document shown by the practice">
            {newestFirst(items, ({ date }) => date?.given).map((each) => (
              <li key={each.id} className="row-between">
                <span>
                  <SourceLink of={each}>
                    {each.title ?? (conceptText(each.type) || 'No title shown')}
                  </SourceLink>
                  <span className="small quiet"> {conceptText(each.type)}</span>
                </span>
                <span className="small quiet nowrap">
                  {dateInWords(each.date?.given, zone)} · {inWords(each.sign.state)}
                </span>
              </li>
            ))}
          </Rows>
        )}
      </Answered>
    </Panel>
  )
}

export function Immunizations({ of }: { readonly of: ListOf<'immunizations.list'> | undefined }) {
  const zone = useZone()
  if (of === undefined) return null
  return (
    <Panel title="Immunizations" flush>
      <Answered of={of} lines={2}>
        {({ items }) => (
          <Rows none="No immunization shown by the practice">
            {newestFirst(items, ({ occurrence }) => occurrence?.start?.given).map((each) => (
              <li key={each.id} className="row-between">
                <SourceLink of={each}>{conceptText(each.vaccine) || 'No name shown'}</SourceLink>
                <span className="small quiet nowrap">
                  {dateInWords(each.occurrence?.start?.given, zone)}
                </span>
              </li>
            ))}
          </Rows>
        )}
      </Answered>
    </Panel>
  )
}

function newestFirst<T>(
  items: readonly T[],
  dateOf: (item: T) => string | undefined,
): readonly T[] {
  const at = (item: T) => Date.parse(dateOf(item) ?? '') || 0
  return items.toSorted((one, other) => at(other) - at(one))
}

function Rows({
  none,
  children,
}: {
  readonly none: string
  readonly children: readonly ReactNode[]
}) {
  if (children.length === 0) return <Nothing title={none} />
  return <ul className="plain-list scroll">{children}</ul>
}
