// Which practice the pages are about: the one in the address, else the one looked at last, else the
// first. Only its id is kept in the browser.

import type { Practice } from '@chartway/client'
import { useParams } from '@tanstack/react-router'
import { createContext, useContext } from 'react'

const KEPT = 'chartway.practice'

export const Practices = createContext<readonly Practice[]>([])

export function usePractices(): readonly Practice[] {
  return useContext(Practices)
}

/** The practice in the address; undefined when it is not one that is seen. */
export function usePractice(): Practice | undefined {
  const { practice } = useParams({ strict: false })
  return usePractices().find((each) => each.practice === practice)
}

/** The practice that links without one lead to. */
export function useUsualPractice(): Practice | undefined {
  const practices = usePractices()
  const named = usePractice()
  if (named !== undefined) {
    if (localStorage.getItem(KEPT) !== named.practice) localStorage.setItem(KEPT, named.practice)
    return named
  }
  const kept = localStorage.getItem(KEPT)
  return practices.find(({ practice }) => practice === kept) ?? practices[0]
}
