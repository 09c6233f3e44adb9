// Says plainly when somebody follows a link to what their role does not show. The API would refuse
// all the same.

import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { usePractice } from '../api/practice.tsx'
import { type Right, useAccess } from '../api/session.tsx'
import { typeInWords } from '../api/words.ts'
import { PageHead } from '../parts/panel.tsx'

const RIGHTS: Readonly<Record<Right, string>> = {
  charts: "patients' records",
  monitor: 'how the installation works',
  audit: 'the access ledger',
  settings: 'practices, keys and connections',
  people: 'accounts and their roles',
}

export function Guarded({
  needs,
  of,
  children,
}: {
  readonly needs: Right
  /** The FHIR type whose records the page shows. */
  readonly of?: string
  readonly children: ReactNode
}) {
  const { who, has, sees } = useAccess()
  const { practice: named } = useParams({ strict: false })
  const practice = usePractice()
  if (!has(needs)) return <Refused what={RIGHTS[needs]} roles={who.roles} />
  if (of !== undefined && sees(of) === 'none')
    return (
      <Refused what={`records of the type ${typeInWords(of).toLowerCase()}`} roles={who.roles} />
    )
  if (named !== undefined && practice === undefined) return <NoPractice />
  return children
}

function Refused({ what, roles }: { readonly what: string; readonly roles: readonly string[] }) {
  return (
    <>
      <PageHead windowTitle="Not for your role" title="Your role does not show this page" />
      <p>
        It shows {what}.{' '}
        {roles.length === 0 ? 'You have no role.' : `You have: ${roles.join(', ')}.`} Whoever tends
        people here can give you another role.
      </p>
    </>
  )
}

function NoPractice() {
  return (
    <>
      <PageHead windowTitle="No such practice" title="There is no such practice for you" />
      <p>It is not connected to this installation, or your role does not reach it.</p>
    </>
  )
}
