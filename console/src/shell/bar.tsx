// The bar above every page: the menu on narrow screens, the patient search, and the installation's
// clock, which may run faster than the wall's.

import { TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useInstallationTime } from '../api/installation-clock.ts'
import { useUsualPractice } from '../api/practice.tsx'
import { useAccess } from '../api/session.tsx'
import { searchFor } from '../api/sought.ts'
import { exactly } from '../api/words.ts'
import { useZone } from '../parts/zone.ts'

export function Bar({ onMenu }: { readonly onMenu: () => void }) {
  return (
    <div className="bar">
      <button type="button" className="plain only-narrow" onClick={onMenu}>
        Menu
      </button>
      <QuickSearch />
      <div className="bar-end only-wide">
        <InstallationClock />
      </div>
    </div>
  )
}

function QuickSearch() {
  const { sees } = useAccess()
  const practice = useUsualPractice()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  if (sees('Patient') === 'none' || practice === undefined) return null
  const search = (event: FormEvent) => {
    event.preventDefault()
    searchFor(text)
    setText('')
    void navigate({ to: '/p/$practice/patients', params: { practice: practice.practice } })
  }
  return (
    <search className="bar-search">
      <form onSubmit={search} autoComplete="off">
        <TextInput
          id="quick-search"
          aria-label="Find a patient by name, birth date or identifier"
          placeholder="Find a patient"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          rightSection={
            <span className="kbd only-wide" aria-hidden="true">
              /
            </span>
          }
        />
      </form>
    </search>
  )
}

function InstallationClock() {
  const time = useInstallationTime()
  const zone = useZone()
  if (time === undefined) return null
  return (
    <span className="small quiet">
      {exactly(time.now, zone)}
      {time.factor === 1 ? null : (
        <>
          {' '}
          · clock runs <span className="strong">{time.factor}×</span>
        </>
      )}
    </span>
  )
}
