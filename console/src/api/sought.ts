// What was typed into the patient search. It is kept in the page's memory alone: neither in the address
// nor in the browser's storage.

import { useSyncExternalStore } from 'react'

let sought = ''
const listeners = new Set<() => void>()

export function searchFor(text: string): void {
  sought = text.trim()
  for (const each of listeners) each()
}

export function useSought(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => sought,
  )
}

export interface SearchTerms {
  readonly name?: string
  readonly birthDate?: string
  readonly identifier?: string
}

/** A date is a birth date, a word with a digit an identifier, the rest a name. */
export function termsOf(text: string): SearchTerms {
  const words: string[] = []
  let birthDate: string | undefined
  let identifier: string | undefined
  for (const word of text.split(/[\s,]+/).filter((each) => each !== '')) {
    const day = dayIn(word)
    if (day !== undefined) birthDate = day
    else if (/\d/.test(word)) identifier = word
    else words.push(word)
  }
  return {
    ...(words.length === 0 ? {} : { name: words.join(' ') }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(identifier === undefined ? {} : { identifier }),
  }
}

/** YYYY-MM-DD, or MM/DD/YYYY as people in clinics write it. */
function dayIn(word: string): string | undefined {
  if (/^\d{4}-\d\d-\d\d$/.test(word)) return word
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(word)
  if (!match) return undefined
  const [, month = '', day = '', year = ''] = match
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}
