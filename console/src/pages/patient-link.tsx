// A patient's name as a record calls them, leading to the chart. A role that sees no name gets the link.

import { Link } from '@tanstack/react-router'
import { usePractice } from '../api/practice.tsx'

export function PatientLink({
  of,
}: {
  readonly of: { readonly id: string | null; readonly name: string | null } | null
}) {
  const practice = usePractice()
  if (of === null || of.id === null || practice === undefined)
    return <span className="quiet">{of?.name ?? 'No patient shown'}</span>
  return (
    <Link
      className="strong"
      to="/p/$practice/patients/$patient"
      params={{ practice: practice.practice, patient: of.id }}
    >
      {of.name ?? 'Chart'}
    </Link>
  )
}
