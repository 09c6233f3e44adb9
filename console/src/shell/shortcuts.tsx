// The keys of the console, and the dialog that lists them. A key typed into a field is that field's.

import { Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useUsualPractice } from '../api/practice.tsx'
import { useAccess } from '../api/session.tsx'
import { after } from '../api/wall.ts'
import { addressOf, placesFor } from './places.ts'

/** Wall ms in which the second key of a pair must follow. */
const PAIR_MS = 1_500

export function useShortcuts(): { readonly open: () => void; readonly dialog: ReactNode } {
  const [opened, { open, close }] = useDisclosure(false)
  const access = useAccess()
  const navigate = useNavigate()
  const practice = useUsualPractice()
  const waiting = useRef<(() => void) | undefined>(undefined)
  const { overview, practice: inPractice, settings } = placesFor(access)
  const places = [...overview, ...inPractice, ...settings]
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (waiting.current !== undefined) {
        waiting.current()
        waiting.current = undefined
        const place = places.find(({ key }) => key === event.key)
        const to = place && addressOf(place, practice?.practice)
        if (to !== undefined) {
          event.preventDefault()
          void navigate({ to })
        }
      } else if (event.key === 'g') {
        waiting.current = after(PAIR_MS, () => {
          waiting.current = undefined
        })
      } else if (event.key === '/') {
        const field =
          document.getElementById('patient-search') ?? document.getElementById('quick-search')
        if (field === null) return
        event.preventDefault()
        field.focus()
      } else if (event.key === '?') open()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  })
  const dialog = (
    <Modal
      opened={opened}
      onClose={close}
      title="Keys"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <dl className="keys-list">
        <dt>Find a patient</dt>
        <dd>
          <kbd className="kbd">/</kbd>
        </dd>
        {places.map(({ name, key }) => (
          <PlaceKeys key={name} name={name} letter={key} />
        ))}
        <dt>This list</dt>
        <dd>
          <kbd className="kbd">?</kbd>
        </dd>
        <dt>Close a dialog</dt>
        <dd>
          <kbd className="kbd">Esc</kbd>
        </dd>
      </dl>
    </Modal>
  )
  return { open, dialog }
}

function PlaceKeys({ name, letter }: { readonly name: string; readonly letter: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <kbd className="kbd">g</kbd> <kbd className="kbd">{letter}</kbd>
      </dd>
    </>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}
