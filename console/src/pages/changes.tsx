// The live change feed of one practice, with every field before and after.

import { Select } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Feed } from '../parts/feed.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'

const SHOWN = ['25', '50', '100', '200']

export function ChangesPage() {
  const { practice = '' } = useParams({ strict: false })
  const [shown, setShown] = useState('25')
  return (
    <>
      <PageHead
        windowTitle="Changes"
        title="Changes"
        lead="What changed at the practice, as it is learnt, the newest first. Numbers have no gaps."
        tools={
          <Select
            aria-label="How many"
            size="xs"
            w={110}
            allowDeselect={false}
            data={SHOWN.map((value) => ({ value, label: `Last ${value}` }))}
            value={shown}
            onChange={(value) => setShown(value ?? '25')}
          />
        }
      />
      <Panel title="Feed" flush aside={<span className="quiet">as they are learnt</span>}>
        <Feed practice={practice} shown={Number(shown)} />
      </Panel>
    </>
  )
}
