// What a page shows when there is nothing, not yet, or no answer: with the cause, the cure and the
// request's id. Also the small mark of a state, whose colour is never its only sign.

import { ApiError } from '@chartway/client'
import { Button } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

export function State({
  tone = 'plain',
  children,
}: {
  readonly tone?: Tone
  readonly children: ReactNode
}) {
  return (
    <span className="state" data-tone={tone}>
      {children}
    </span>
  )
}

export function Nothing({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ReactNode
}) {
  return (
    <div className="note">
      <strong>{title}</strong>
      {children}
    </div>
  )
}

export function Loading({ lines = 4 }: { readonly lines?: number }) {
  return (
    <div className="panel-body" role="status">
      <span className="seen-by-ear">Loading</span>
      {Array.from({ length: lines }, (_, line) => `${92 - ((line * 17) % 40)}%`).map(
        (width, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never move
          <span key={line} className="skeleton" style={{ width }} />
        ),
      )}
    </div>
  )
}

export function Fault({
  error,
  again,
}: {
  readonly error: unknown
  readonly again?: (() => void) | undefined
}) {
  const known = error instanceof ApiError ? error : undefined
  return (
    <div className="fault" role="alert">
      <h3>{known?.title ?? 'Something went wrong in this page'}</h3>
      {known === undefined ? null : (
        <>
          <p>{known.detail}</p>
          <p>
            <span className="strong">What to do: </span>
            {known.cure}
          </p>
          <p className="small wrap-anywhere">
            <code>{known.code}</code>
            {known.position === undefined ? null : (
              <>
                {' '}
                at <code>{known.position}</code>
              </>
            )}
            {known.requestId === undefined ? null : (
              <>
                {' '}
                · request <code>{known.requestId}</code>
              </>
            )}
          </p>
        </>
      )}
      {again === undefined ? null : (
        <div>
          <Button variant="default" onClick={again}>
            Try again
          </Button>
        </div>
      )}
    </div>
  )
}

/** Shows an answer, or why there is none. */
export function Answered<T>({
  of,
  lines,
  children,
}: {
  readonly of: UseQueryResult<T, ApiError>
  readonly lines?: number
  readonly children: (data: T) => ReactNode
}) {
  if (of.data !== undefined) return children(of.data)
  if (of.error) return <Fault error={of.error} again={() => void of.refetch()} />
  return lines === undefined ? <Loading /> : <Loading lines={lines} />
}
