// What a document says, when somebody asks to see it: text is shown as text, anything else is only named.
// Nothing of it is run or rendered.

import type { Operations } from '@chartway/client'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAnswer } from '../../api/client.ts'
import { Panel } from '../../parts/panel.tsx'
import { Answered, Nothing } from '../../parts/states.tsx'

/** Characters that are shown of one document. */
const SHOWN_MAX = 200_000

export function Content({ practice, id }: { readonly practice: string; readonly id: string }) {
  const [open, setOpen] = useState(false)
  const content = useAnswer('documents.content', { practice, id }, { enabled: open })
  return (
    <Panel
      title="What it says"
      flush
      aside={
        open ? undefined : (
          <Button variant="default" onClick={() => setOpen(true)}>
            Show
          </Button>
        )
      }
    >
      {open ? (
        <Answered of={content}>{(data) => <Shown of={data} />}</Answered>
      ) : (
        <p className="panel-body small quiet">
          Opening it is an access of its own, and stands in the ledger.
        </p>
      )}
    </Panel>
  )
}

function Shown({ of }: { readonly of: Operations['documents.content']['output'] }) {
  if (!/^(text\/plain|application\/(json|xml))|^text\//.test(of.contentType ?? ''))
    return (
      <Nothing title={of.contentType ?? 'No type given'}>
        This kind is not shown here; the API gives its content.
      </Nothing>
    )
  const bytes = Uint8Array.from(atob(of.data), (character) => character.charCodeAt(0))
  const text = new TextDecoder().decode(bytes)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text is reached by keyboard
    <section className="scroll" tabIndex={0} aria-label="The content of the document">
      <pre className="json">{text.slice(0, SHOWN_MAX)}</pre>
    </section>
  )
}
