// A titled box of a page, and the heading of a page. They hold no data and ask for none.

import { type ReactNode, useEffect, useId } from 'react'

export interface PanelProps {
  readonly title: ReactNode
  /** Stands at the right of the title. */
  readonly aside?: ReactNode
  /** Without padding, for tables. */
  readonly flush?: boolean
  readonly level?: 2 | 3
  readonly children: ReactNode
}

export function Panel({ title, aside, flush = false, level = 2, children }: PanelProps) {
  const id = useId()
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <Heading id={id}>{title}</Heading>
        {aside === undefined ? null : <div className="row">{aside}</div>}
      </div>
      <div className={flush ? 'panel-flush' : 'panel-body'}>{children}</div>
    </section>
  )
}

export interface PageHeadProps {
  /** Also the window's title: it must not name a patient. */
  readonly windowTitle: string
  readonly title: ReactNode
  readonly lead?: ReactNode
  readonly tools?: ReactNode
}

export function PageHead({ windowTitle, title, lead, tools }: PageHeadProps) {
  useEffect(() => {
    document.title = `${windowTitle} · Chartway`
  }, [windowTitle])
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        {lead === undefined ? null : <p>{lead}</p>}
      </div>
      {tools === undefined ? null : <div className="page-tools">{tools}</div>}
    </header>
  )
}
