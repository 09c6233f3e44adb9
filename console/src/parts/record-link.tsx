// A link from something that is shown to the record it stands in: what it says, where it came from, and
// what it said before.

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { collectionOf } from '../api/collections.ts'
import { usePractice } from '../api/practice.tsx'

export function RecordLink({
  type,
  id,
  children,
}: {
  readonly type: string | null | undefined
  readonly id: string | null | undefined
  readonly children: ReactNode
}) {
  const practice = usePractice()
  const collection = type ? collectionOf(type) : undefined
  if (!id || collection === undefined || practice === undefined) return <>{children}</>
  return (
    <Link
      to="/p/$practice/records/$collection/$record"
      params={{ practice: practice.practice, collection, record: id }}
    >
      {children}
    </Link>
  )
}

/** The record that an object was made from: the first of its sources. */
export function SourceLink({
  of,
  children,
}: {
  readonly of: { readonly provenance: { readonly sources: readonly { reference: string }[] } }
  readonly children: ReactNode
}) {
  const [type, id] = of.provenance.sources[0]?.reference.split('/') ?? []
  return (
    <RecordLink type={type} id={id}>
      {children}
    </RecordLink>
  )
}
